// LakeState: what the manifests of one connection say when they are read in order: its tables, the
// data files that hold their rows, and the state of its streams.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connector/destination.h"
#include "data/schema.h"
#include "data/state_entry.h"

namespace tendril {

// The columns that a data file has, or that the rows of a table have.
struct LakeLayout {
  std::vector<Column> columns;  // Those of the source, under the names they are stored by.
  bool has_deleted = false;     // `_tendril_deleted`
  bool has_versions = false;    // `_tendril_start`, `_tendril_end`, `_tendril_active`

  const Column* find(std::string_view name) const;

  friend bool operator==(const LakeLayout&, const LakeLayout&) = default;
};

struct LakeFile {
  std::string path;  // Below the lake: "items/8d0f….parquet". Its last part is like no other.
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  std::string crc32;                          // Eight hexadecimal digits.
  std::shared_ptr<const LakeLayout> columns;  // Shared by files that are alike.

  std::string name() const;  // The last part of the path.
};

// The types that columns had before they were widened, in order. What a file has passes through all
// of them: a whole number that became a fraction and then a text is "1.0".
using WideningSteps = std::map<std::string, std::vector<Type>>;

// Rows in files. Columns of type Unknown are in no file.
struct FileSet {
  LakeLayout layout;
  std::vector<LakeFile> files;
  WideningSteps steps = {};  // Of this run; files of earlier ones were made to fit by theirs.

  std::int64_t row_count() const;
};

struct LakeTable {
  std::string name;
  std::string folder;                          // Below the lake.
  std::optional<FileSet> rows = std::nullopt;  // What readers see; none before the first load is.
  std::optional<FileSet> load = std::nullopt;  // Of mode Replace, not complete yet.
};

struct LakeState {
  std::int64_t number = 0;  // Of the last manifest; 0: there is none.
  std::int64_t epoch = 0;
  std::string writer = {};  // The run that wrote it.
  std::map<std::string, LakeTable> tables = {};
  std::map<std::pair<std::string, std::string>, std::string> entries = {};  // Stream and slice.

  void apply(const Checkpoint& checkpoint);
};

}  // namespace tendril

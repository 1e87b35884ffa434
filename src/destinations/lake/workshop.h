// Workshop: makes the data files of a run: names them, keeps those that no manifest knows yet, and
// lends DuckDB to whoever has to rewrite some.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "destinations/lake/lake_queries.h"
#include "destinations/lake/lake_sql.h"
#include "destinations/lake/row_file.h"
#include "destinations/lake/storage.h"

namespace tendril {

struct WorkshopOptions {
  RowFileOptions rows = {};
  std::int64_t file_bytes = std::int64_t{128} << 20U;      // A file ends when it is that large.
  std::size_t query_memory = std::size_t{96} * 1'000'000;  // What DuckDB may take.
};

// Threads: one at a time.
class Workshop {
 public:
  // Names of files begin with `tag` and `epoch`, and are like no other. `storage` and `clock` must
  // outlive the workshop.
  Workshop(LakeStorage& storage, const Clock& clock, WorkshopOptions options, std::string tag,
           std::int64_t epoch);

  const WorkshopOptions& options() const { return options_; }
  const Clock& clock() const { return clock_; }
  LakeStorage& storage() { return storage_; }

  // Where the next file is to be written.
  std::filesystem::path next_path();

  // Enters a file that was written to next_path(), as one of the table with that folder.
  LakeFile enter(const std::filesystem::path& path, const std::string& folder,
                 const LakeLayout& layout, RowFileSums sums);

  // Returns the file where DuckDB can read it. It keeps a pointer to the file's layout.
  Result<ReadableFile> readable(const LakeFile& file);

  // Errors: System when the file is not what was written.
  Status verify(const LakeFile& file);

  // DuckDB, started when it is first asked for.
  Result<LakeQueries*> queries();

  // True for a file that was made since the last commit.
  bool is_fresh(const LakeFile& file) const { return fresh_.contains(file.name()); }

  // After a commit: the files of `kept` belong to the lake now. The others that were made are gone.
  Status settle(const std::set<std::string>& kept);

 private:
  LakeStorage& storage_;
  const Clock& clock_;
  const WorkshopOptions options_;
  const std::string prefix_;
  std::int64_t files_made_ = 0;
  std::set<std::string> fresh_;  // Names.
  std::unique_ptr<LakeQueries> queries_;
};

}  // namespace tendril

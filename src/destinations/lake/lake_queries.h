// LakeQueries: DuckDB as a tool for sets of rows: what has to be rewritten in a lake is found and
// rewritten by SQL over data files, with little memory and, where that does not do, a folder to
// spill to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"

namespace tendril {

// Threads: one at a time.
class LakeQueries {
 public:
  // Errors: System when DuckDB does not start.
  static Result<std::unique_ptr<LakeQueries>> open(const std::filesystem::path& spill_folder,
                                                   std::size_t memory_bytes);
  ~LakeQueries();
  LakeQueries(const LakeQueries&) = delete;
  LakeQueries& operator=(const LakeQueries&) = delete;

  // Returns the number of rows that a statement changed or wrote.
  // Errors: System when the disk is full, the memory does not do or a file can not be read.
  Result<std::int64_t> run(const std::string& sql);

  // Returns a small result; all columns have to be VARCHAR.
  Result<std::vector<std::vector<std::optional<std::string>>>> rows(const std::string& sql);

  // The only value of a result: BIGINT.
  Result<std::int64_t> number(const std::string& sql);

 private:
  struct Handles;

  explicit LakeQueries(std::unique_ptr<Handles> handles);

  const std::unique_ptr<Handles> handles_;
};

}  // namespace tendril

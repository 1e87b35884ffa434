// BatchFolder: where batch files stand until the server has taken them: a folder that only this
// user can look into.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/partner/batch_file.h"
#include "bridges/partner/batch_file_writer.h"
#include "core/result.h"

namespace tendril {

// Threads: one at a time.
class BatchFolder {
 public:
  // Makes the folder and those above it where they are missing. Errors: System.
  static Result<BatchFolder> open(const std::filesystem::path& path, BatchFileParams params);

  // `what` says what the file holds: "items_replace".
  Result<std::unique_ptr<BatchFileWriter>> new_file(std::string_view what,
                                                    std::vector<BatchFileColumn> columns);

  // A name that no row had before: what `_fivetran_id` is for a row that has no key.
  void append_row_id(std::string& out);

  // Removes what is left of whoever had the folder before.
  void clear() const;
  // Removes the files of this object but these.
  void keep_only(const std::set<std::string>& files) const;
  // Removes the folder unless there are files in it.
  void leave() const;

  const BatchFileParams& params() const { return params_; }

 private:
  BatchFolder(std::filesystem::path path, BatchFileParams params, std::string token)
      : path_(std::move(path)), params_(std::move(params)), token_(std::move(token)) {}

  std::filesystem::path path_;
  BatchFileParams params_;
  std::string token_;  // Of this object alone.
  std::int64_t files_ = 0;
  std::int64_t row_ids_ = 0;
};

}  // namespace tendril

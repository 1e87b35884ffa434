// BatchSink: a batch file that is being written: what it is given is compressed, then encrypted
// with a key of its own, and goes to the disk, a piece at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "bridges/partner/batch_file.h"
#include "core/result.h"

namespace tendril {

// Threads: one at a time.
// Errors: System, when the disk is full for one.
class BatchSink {
 public:
  // The file must not exist. It is for its owner only.
  static Result<std::unique_ptr<BatchSink>> create(const std::filesystem::path& path,
                                                   const BatchFileParams& params);
  virtual ~BatchSink() = default;

  virtual Status write(std::string_view bytes) = 0;

  // Ends the file and makes it durable. To be called once, last.
  virtual Status close() = 0;

  std::int64_t bytes_given() const { return bytes_given_; }
  const std::filesystem::path& path() const { return path_; }
  const std::string& key() const { return key_; }  // Empty when the file is not encrypted.

 protected:
  BatchSink(std::filesystem::path path, std::string key)
      : path_(std::move(path)), key_(std::move(key)) {}

  std::int64_t bytes_given_ = 0;

 private:
  const std::filesystem::path path_;
  const std::string key_;
};

}  // namespace tendril

// OutputFile: a data file that is being written; counts its bytes and sums them up.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

namespace tendril {

// Threads: one at a time.
class OutputFile {
 public:
  // Errors: System when the file can not be made.
  static Result<std::unique_ptr<OutputFile>> open(const std::filesystem::path& path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // Errors: System, when the disk is full for one.
  Status write(std::string_view bytes);
  Status close();  // Does not sync.

  std::int64_t bytes() const { return bytes_; }
  std::string crc32() const;  // Eight hexadecimal digits.

 private:
  OutputFile(std::filesystem::path path, int descriptor);

  const std::filesystem::path path_;
  int descriptor_;
  std::int64_t bytes_ = 0;
  std::uint32_t crc_ = 0;
};

// The sum of a file that somebody else wrote. Errors: System when it can not be read.
Result<std::string> file_crc32(const std::filesystem::path& path);

}  // namespace tendril

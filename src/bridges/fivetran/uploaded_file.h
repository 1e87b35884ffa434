// UploadedFiles: the files that a connector sends beside its rows, put below one folder.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "bridges/fivetran/frame.h"
#include "core/result.h"

namespace tendril {

struct UploadedFile {
  std::string path;
  std::size_t bytes = 0;
  std::string sha256;
};

// Threads: one at a time.
class UploadedFiles {
 public:
  explicit UploadedFiles(std::filesystem::path folder);
  // Removes what is not whole.
  ~UploadedFiles();
  UploadedFiles(const UploadedFiles&) = delete;
  UploadedFiles& operator=(const UploadedFiles&) = delete;

  // Returns the file when this was its last part. Files of different paths may come side by side.
  // Errors: InvalidConfig for a path that leads out of the folder; System.
  Result<std::optional<UploadedFile>> take(const FilePartFrame& part);

 private:
  struct Open;

  const std::filesystem::path folder_;
  std::unique_ptr<Open> open_;
};

}  // namespace tendril

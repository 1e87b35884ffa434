// ScratchFolder: a new, empty folder for what a command makes and nobody keeps. It goes with its
// owner.
#pragma once

#include <filesystem>
#include <memory>

#include "core/result.h"

namespace tendril {

class ScratchFolder {
 public:
  // Makes it in `parent`. Errors: System.
  static Result<std::unique_ptr<ScratchFolder>> make(const std::filesystem::path& parent);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}

  const std::filesystem::path path_;
};

// Copies a file, without its bytes where the file system can share them. Errors: System.
Status copy_sharing(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace tendril

// PrivateFolder: a folder for the files that another program is given, configurations with secrets
// among them; only this user can read it, and it goes with this object.
#pragma once

#include <filesystem>
#include <string_view>

#include "core/result.h"
#include "data/value.h"

namespace tendril {

class PrivateFolder {
 public:
  // Makes one in the system's folder for temporary files. Errors: System.
  static Result<PrivateFolder> make();

  ~PrivateFolder();
  PrivateFolder(PrivateFolder&& other) noexcept;
  PrivateFolder& operator=(PrivateFolder&&) = delete;

  // Writes a file of JSON and returns where it is. Errors: System.
  Result<std::filesystem::path> write(std::string_view name, const Value& content) const;

 private:
  explicit PrivateFolder(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;  // Empty when moved from.
};

}  // namespace tendril

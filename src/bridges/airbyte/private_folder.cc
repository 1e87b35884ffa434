#include "bridges/airbyte/private_folder.h"

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

#include "data/json.h"

namespace tendril {

namespace fs = std::filesystem;

Result<PrivateFolder> PrivateFolder::make() {
  std::error_code failure;
  std::string path = (fs::temp_directory_path(failure) / "tendril-XXXXXX").string();
  if (failure || ::mkdtemp(path.data()) == nullptr) {  // Which gives rights to this user only.
    const std::error_code why = failure ? failure : std::error_code(errno, std::generic_category());
    return Error{.code = ErrorCode::System,
                 .message = "no temporary folder can be made: " + why.message()};
  }
  return PrivateFolder(fs::path(path));
}

PrivateFolder::~PrivateFolder() {
  if (!path_.empty()) {
    std::error_code ignored;  // What can not be removed stays where only this user can read it.
    fs::remove_all(path_, ignored);
  }
}

PrivateFolder::PrivateFolder(PrivateFolder&& other) noexcept
    : path_(std::exchange(other.path_, fs::path())) {}

Result<fs::path> PrivateFolder::write(std::string_view name, const Value& content) const {
  fs::path path = path_ / name;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << to_json(content);
  file.close();
  if (!file) {
    return Error{.code = ErrorCode::System,
                 .message = "temporary file can not be written: " + path.string()};
  }
  return path;
}

}  // namespace tendril

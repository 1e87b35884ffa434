#include "cli/config_saver.h"

#include <cerrno>
#include <charconv>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/result.h"
#include "data/json.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

Error config_error(std::string message) {
  return Error{ErrorCode::InvalidConfig, std::move(message)};
}

Error file_error(const fs::path& path) {
  return Error{ErrorCode::System, "file can not be written: " + path.string() + ": " +
                                      std::generic_category().message(errno)};
}

// An open file that is closed, and removed unless kept.
class TemporaryFile {
 public:
  // In the folder of `target`, since a rename must not cross file systems.
  explicit TemporaryFile(const fs::path& target) : path_(target.string() + ".XXXXXX") {
    descriptor_ = ::mkostemp(path_.data(), O_CLOEXEC);
  }
  ~TemporaryFile() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
      if (!kept_) {
        ::unlink(path_.c_str());
      }
    }
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  bool is_open() const { return descriptor_ >= 0; }

  // The following return false with errno set.
  bool take_mode_of(const fs::path& other) const {
    struct stat found = {};
    return ::stat(other.c_str(), &found) == 0 && ::fchmod(descriptor_, found.st_mode & 07777U) == 0;
  }

  bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR) {
        return false;
      }
      bytes.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    return ::fsync(descriptor_) == 0;
  }

  bool rename_to(const fs::path& target) {
    kept_ = ::rename(path_.c_str(), target.c_str()) == 0;
    return kept_;
  }

 private:
  std::string path_;
  int descriptor_ = -1;
  bool kept_ = false;
};

bool sync_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  ::close(descriptor);
  return synced;
}

std::string unescaped(std::string_view token) {
  std::string name;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool escape = token[i] == '~' && i + 1 < token.size();
    name += !escape ? token[i] : token[i + 1] == '1' ? '/' : '~';
    i += escape ? 1 : 0;
  }
  return name;
}

// Returns the place that a JSON pointer names, or nullptr. The last member of an object need not be
// there yet.
// Source: RFC 6901.
Value* place_of(Value& root, std::string_view pointer) {
  Value* place = &root;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    const std::string name = unescaped(pointer.substr(0, end));
    pointer.remove_prefix(end);
    if (Map* map = place->as_map()) {
      place = pointer.empty() ? &(*map)[name] : map->find(name);
    } else if (List* list = place->as_list()) {
      std::size_t index = list->size();
      const auto read = std::from_chars(name.data(), name.data() + name.size(), index);
      place = read.ec == std::errc() && index < list->size() ? &(*list)[index] : nullptr;
    } else {
      place = nullptr;
    }
    if (place == nullptr) {
      return nullptr;
    }
  }
  return place;
}

Status save_setting(const fs::path& path, std::string_view pointer, const Value& value) {
  Value config = TRY(read_json_file(path));
  Value* place = pointer.starts_with('/') ? place_of(config, pointer) : nullptr;
  if (place == nullptr) {
    return config_error("config file has no place for " + std::string(pointer) + ": " +
                        path.string());
  }
  const std::string* text = place->as_string();
  if (text != nullptr && text->find("${") != std::string::npos) {
    return config_error(
        "the source renews " + std::string(pointer) +
        ", which has to stand in the config file itself, not in the environment: " + path.string());
  }
  *place = value;
  return replace_file(path, to_pretty_json(config));
}

}  // namespace

Status set_setting(Value& config, std::string_view pointer, const Value& value) {
  Value* place = pointer.starts_with('/') ? place_of(config, pointer) : nullptr;
  if (place == nullptr) {
    return config_error("the configuration has no place for " + std::string(pointer));
  }
  *place = value;
  return {};
}

Status replace_file(const fs::path& path, std::string_view content) {
  std::error_code failure;
  const fs::path target = fs::canonical(path, failure);
  if (failure) {
    errno = failure.value();
    return file_error(path);
  }
  TemporaryFile file(target);
  if (!file.is_open() || !file.take_mode_of(target) || !file.write(content) ||
      !file.rename_to(target) || !sync_folder(target.parent_path())) {
    return file_error(target);
  }
  return {};
}

ConfigSaver config_file_saver(fs::path path) {
  // Owned by all copies of the saver.
  auto mutex = std::make_shared<std::mutex>();
  return [path = std::move(path), mutex](std::string_view pointer, const Value& value) -> Status {
    if (path.extension() == ".yaml" || path.extension() == ".yml") {
      return config_error("the source renews " + std::string(pointer) +
                          ", which can only be kept in a JSON config file: " + path.string());
    }
    const std::lock_guard lock(*mutex);
    return save_setting(path, pointer, value);
  };
}

ConfigSaver no_config_saver() {
  return [](std::string_view pointer, const Value& /*value*/) -> Status {
    return config_error("the source renews " + std::string(pointer) +
                        ", which can only be kept in a JSON config file: give one with --config");
  };
}

}  // namespace tendril

#include "core/whole_file.h"

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

namespace tendril {
namespace {

constexpr mode_t kForAnybody = S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
constexpr mode_t kForOwner = S_IRUSR | S_IWUSR;

Error fault_of(const std::filesystem::path& path) {
  return Error{ErrorCode::System, "file can not be written: " + path.string() + ": " +
                                      std::generic_category().message(errno)};
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      return false;
    }
    text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Status write_whole_file(const std::filesystem::path& path, std::string_view text,
                        FileReaders readers) {
  std::string name = path.string() + ".XXXXXX";
  const int descriptor = ::mkstemp(name.data());
  if (descriptor < 0) {
    return fault_of(path);
  }
  bool is_written =
      ::fchmod(descriptor, readers == FileReaders::Owner ? kForOwner : kForAnybody) == 0 &&
      write_all(descriptor, text);
  is_written = ::close(descriptor) == 0 && is_written;
  if (is_written && std::rename(name.c_str(), path.c_str()) == 0) {
    return {};
  }
  Error fault = fault_of(path);
  ::unlink(name.c_str());
  return fault;
}

}  // namespace tendril

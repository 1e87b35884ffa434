#include "cli/folder_watch.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace tendril {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kEvents =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | IN_ONLYDIR;
constexpr std::chrono::milliseconds kStopCheck{100};

Error watch_error(const fs::path& folder) {
  return {ErrorCode::System, "folder can not be watched: " + folder.string() + ": " +
                                 std::generic_category().message(errno)};
}

}  // namespace

Result<std::unique_ptr<FolderWatch>> FolderWatch::open(const fs::path& folder, Rules rules) {
  const int descriptor = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (descriptor < 0) {
    return watch_error(folder);
  }
  std::unique_ptr<FolderWatch> watch(new FolderWatch(folder, std::move(rules), descriptor));
  TRY(watch->enter(folder));
  return watch;
}

FolderWatch::FolderWatch(fs::path folder, Rules rules, int descriptor)
    : folder_(std::move(folder)), rules_(std::move(rules)), descriptor_(descriptor) {}

FolderWatch::~FolderWatch() { ::close(descriptor_); }

Status FolderWatch::enter(const fs::path& folder) {
  const int number = ::inotify_add_watch(descriptor_, folder.c_str(), kEvents);
  if (number < 0) {
    // One that was removed meanwhile has nothing to tell.
    return errno == ENOENT || errno == ENOTDIR ? Status() : Status(watch_error(folder));
  }
  watched_[number] = folder;
  std::error_code gone;  // As above.
  for (fs::directory_iterator entry(folder, gone), end; !gone && entry != end;
       entry.increment(gone)) {
    if (entry->is_directory(gone) && !entry->is_symlink(gone) && rules_.enters(entry->path())) {
      TRY(enter(entry->path()));
    }
  }
  return {};
}

Status FolderWatch::take_events(std::set<std::string>& changed) {
  alignas(inotify_event) std::array<char, 16 * 1024> bytes{};
  const ssize_t count = ::read(descriptor_, bytes.data(), bytes.size());
  for (ssize_t at = 0; at < count;) {
    inotify_event event{};
    std::memcpy(&event, bytes.data() + at, sizeof event);
    const std::string name = event.len == 0 ? "" : std::string(bytes.data() + at + sizeof event);
    at += static_cast<ssize_t>(sizeof event + event.len);
    const auto folder = watched_.find(event.wd);
    if (folder == watched_.end()) {
      continue;
    }
    if ((event.mask & IN_IGNORED) != 0) {
      watched_.erase(folder);
      continue;
    }
    const fs::path path = folder->second / name;
    if ((event.mask & IN_ISDIR) != 0) {
      const bool is_new = (event.mask & (IN_CREATE | IN_MOVED_TO)) != 0;
      if (is_new && rules_.enters(path)) {
        TRY(enter(path));
      }
    } else if ((event.mask & IN_CREATE) == 0 && rules_.counts(name)) {
      changed.insert(path.lexically_relative(folder_).string());
    }
  }
  return {};
}

Result<std::set<std::string>> FolderWatch::wait(std::stop_token stop) {
  std::set<std::string> changed;
  pollfd readable{.fd = descriptor_, .events = POLLIN, .revents = 0};
  for (;;) {
    if (stop.stop_requested()) {
      return std::set<std::string>();
    }
    const auto patience = changed.empty() ? kStopCheck : rules_.quiet;
    if (::poll(&readable, 1, static_cast<int>(patience.count())) > 0) {
      TRY(take_events(changed));
    } else if (!changed.empty()) {
      return changed;
    }
  }
}

}  // namespace tendril

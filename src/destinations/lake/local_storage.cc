// A lake in a folder. A manifest comes into being by link(), which makes a name only if there is
// none; a data file by rename(). Both are synced, and so are their folders.
#include <cerrno>
#include <cstdio>
#include <set>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fault_point.h"
#include "destinations/lake/storage.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

Error failed(std::string_view action, const fs::path& path, int number) {
  return {.code = ErrorCode::System,
          .message = std::string(action) + " " + path.string() + ": " +
                     std::generic_category().message(number)};
}

class FileDescriptor {
 public:
  FileDescriptor(const fs::path& path, int flags) : number_(::open(path.c_str(), flags, 0666)) {}
  ~FileDescriptor() { close(); }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  bool ok() const { return number_ >= 0; }
  int number() const { return number_; }
  int close() {
    const int result = number_ >= 0 ? ::close(number_) : 0;
    number_ = -1;
    return result;
  }

 private:
  int number_;
};

Status sync_path(const fs::path& path, int flags) {
  FileDescriptor file(path, flags | O_CLOEXEC);
  if (!file.ok() || ::fsync(file.number()) != 0) {
    return failed("can not sync", path, errno);
  }
  return {};
}

Status sync_folder(const fs::path& path) { return sync_path(path, O_RDONLY | O_DIRECTORY); }

Status write_synced(const fs::path& path, std::string_view content) {
  FileDescriptor file(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC);
  if (!file.ok()) {
    return failed("can not write", path, errno);
  }
  while (!content.empty()) {
    const ssize_t written = ::write(file.number(), content.data(), content.size());
    if (written < 0 && errno != EINTR) {
      return failed("can not write", path, errno);
    }
    content.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  if (::fsync(file.number()) != 0 || file.close() != 0) {
    return failed("can not write", path, errno);
  }
  return {};
}

class LocalStorage final : public LakeStorage {
 public:
  explicit LocalStorage(fs::path folder)
      : folder_(std::move(folder)), workspace_(folder_ / kStagingFolder) {}

  ~LocalStorage() override {
    for (const fs::path& draft : drafts_) {
      ::unlink(draft.c_str());
    }
  }

  std::string describe(const std::string& name) const override {
    return name.empty() ? folder_.string() : (folder_ / name).string();
  }

  Status open() override {
    // A misspelt path should not become a tree of folders.
    std::error_code error;
    const fs::path parent = fs::absolute(folder_).lexically_normal().parent_path();
    if (!fs::is_directory(parent, error)) {
      return Error{.code = ErrorCode::InvalidConfig,
                   .message = "folder is missing: " + parent.string()};
    }
    return make_folders(workspace_);
  }

  Result<std::vector<std::string>> list(const std::string& folder) override {
    std::vector<std::string> names;
    std::error_code error;
    fs::recursive_directory_iterator files(folder_ / folder, error);
    while (!error && files != fs::recursive_directory_iterator()) {
      if (files->is_regular_file(error)) {
        names.push_back(files->path().lexically_relative(folder_).generic_string());
      }
      error.clear();  // A file that went away meanwhile.
      files.increment(error);
    }
    if (error && error != std::errc::no_such_file_or_directory) {
      return failed("can not list", folder_ / folder, error.value());
    }
    return names;
  }

  Result<std::optional<std::string>> read(const std::string& name) override {
    const fs::path path = folder_ / name;
    FileDescriptor file(path, O_RDONLY | O_CLOEXEC);
    if (!file.ok()) {
      if (errno == ENOENT || errno == ENOTDIR) {
        return std::optional<std::string>();
      }
      return failed("can not read", path, errno);
    }
    std::string content;
    char buffer[1 << 16];
    for (;;) {
      const ssize_t size = ::read(file.number(), buffer, sizeof buffer);
      if (size < 0 && errno != EINTR) {
        return failed("can not read", path, errno);
      }
      if (size == 0) {
        return std::optional(std::move(content));
      }
      content.append(buffer, size < 0 ? 0 : static_cast<std::size_t>(size));
    }
  }

  Result<bool> create(const std::string& name, const std::string& content) override {
    const fs::path path = folder_ / name;
    const fs::path draft = TRY(write_draft(path, content));
    fault_point(FaultPoint::StateApplied);
    const int linked = ::link(draft.c_str(), path.c_str());
    const int number = errno;
    forget_draft(draft);
    if (linked != 0) {
      // A newer run clears away the drafts of older ones.
      const bool lost = number == EEXIST || number == ENOENT;
      return lost ? Result<bool>(false) : failed("can not make", path, number);
    }
    TRY(sync_folder(path.parent_path()));
    return true;
  }

  Status replace(const std::string& name, const std::string& content) override {
    const fs::path path = folder_ / name;
    const fs::path draft = TRY(write_draft(path, content));
    if (::rename(draft.c_str(), path.c_str()) != 0) {
      const int number = errno;
      forget_draft(draft);
      return failed("can not write", path, number);
    }
    drafts_.erase(draft);
    return sync_folder(path.parent_path());
  }

  const fs::path& workspace() const override { return workspace_; }

  Status stage(const std::vector<std::string>& names) override {
    for (const std::string& name : names) {
      fault_point(FaultPoint::FileWritten);
      TRY(sync_path(workspace_ / name, O_RDONLY));
      fault_point(FaultPoint::FileSynced);
    }
    return names.empty() ? Status() : sync_folder(workspace_);
  }

  Status publish(const LakeFile& file) override {
    const fs::path path = folder_ / file.path;
    TRY(make_folders(path.parent_path()));
    if (::rename((workspace_ / file.name()).c_str(), path.c_str()) != 0 && errno != ENOENT) {
      return failed("can not put into place", path, errno);
    }
    changed_folders_.insert(path.parent_path());
    fault_point(FaultPoint::FileRenamed);
    return {};
  }

  Status sync_folders() override {
    for (const fs::path& folder : changed_folders_) {
      TRY(sync_folder(folder));
    }
    changed_folders_.clear();
    return {};
  }

  Status remove(const std::vector<std::string>& names) override {
    for (const std::string& name : names) {
      if (std::remove((folder_ / name).c_str()) != 0 && errno != ENOENT && errno != ENOTEMPTY) {
        return failed("can not remove", folder_ / name, errno);
      }
    }
    return {};
  }

  Result<fs::path> fetch(const LakeFile& file) override {
    // Staged files move to their place and never back, so the place is looked at again at the end.
    for (const fs::path& path :
         {folder_ / file.path, workspace_ / file.name(), folder_ / file.path}) {
      std::error_code error;
      const auto size = fs::file_size(path, error);
      if (error) {
        continue;
      }
      if (static_cast<std::int64_t>(size) != file.bytes) {
        return Error{.code = ErrorCode::System,
                     .message = "data file " + path.string() + " has " + std::to_string(size) +
                                " bytes and should have " + std::to_string(file.bytes)};
      }
      return path;
    }
    return Error{.code = ErrorCode::System,
                 .message = "data file is missing: " + (folder_ / file.path).string()};
  }

  void drop_fetched() override {}

 private:
  // Makes a folder and those above it, durably.
  Status make_folders(const fs::path& folder) {
    std::vector<fs::path> missing;
    std::error_code error;
    for (fs::path path = folder; !fs::is_directory(path, error); path = path.parent_path()) {
      missing.push_back(path);
      if (path == folder_ || path == path.parent_path() || path.empty()) {
        break;
      }
    }
    for (auto path = missing.rbegin(); path != missing.rend(); ++path) {
      if (::mkdir(path->c_str(), 0777) != 0 && errno != EEXIST) {
        return failed("can not make folder", *path, errno);
      }
      const fs::path parent = fs::absolute(*path).parent_path();
      TRY(sync_folder(parent));
    }
    return {};
  }

  Result<fs::path> write_draft(const fs::path& path, const std::string& content) {
    TRY(make_folders(path.parent_path()));
    fs::path draft = path;
    draft += "." + std::to_string(::getpid()) + "-" + std::to_string(++drafts_made_) +
             std::string(kDraftSuffix);
    drafts_.insert(draft);
    if (const Status written = write_synced(draft, content); !written.ok()) {
      forget_draft(draft);
      return written.error();
    }
    return draft;
  }

  void forget_draft(const fs::path& draft) {
    ::unlink(draft.c_str());
    drafts_.erase(draft);
  }

  const fs::path folder_;
  const fs::path workspace_;
  std::set<fs::path> changed_folders_;
  std::set<fs::path> drafts_;
  int drafts_made_ = 0;
};

}  // namespace

std::unique_ptr<LakeStorage> local_storage(std::filesystem::path folder) {
  // "lake/" is "lake".
  return std::make_unique<LocalStorage>(folder.has_filename() ? std::move(folder)
                                                              : folder.parent_path());
}

}  // namespace tendril

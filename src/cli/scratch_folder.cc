#include "cli/scratch_folder.h"

#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace tendril {
namespace {

namespace fs = std::filesystem;

// False where the file system can not share, or not between these two.
bool share_bytes(const fs::path& from, const fs::path& to) {
  const int source = ::open(from.c_str(), O_RDONLY | O_CLOEXEC);
  const int target = ::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool shared = source >= 0 && target >= 0 && ::ioctl(target, FICLONE, source) == 0;
  for (const int descriptor : {source, target}) {
    if (descriptor >= 0) {
      ::close(descriptor);
    }
  }
  return shared;
}

}  // namespace

Result<std::unique_ptr<ScratchFolder>> ScratchFolder::make(const fs::path& parent) {
  std::string path = (parent / ".tendril-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) {
    return Error{ErrorCode::System, "folder can not be made in " + parent.string() + ": " +
                                        std::generic_category().message(errno)};
  }
  return std::unique_ptr<ScratchFolder>(new ScratchFolder(path));
}

ScratchFolder::~ScratchFolder() {
  std::error_code left_behind;  // Nobody reads it, and there is nobody to tell.
  fs::remove_all(path_, left_behind);
}

Status copy_sharing(const fs::path& from, const fs::path& to) {
  if (share_bytes(from, to)) {
    return {};
  }
  std::error_code failure;
  fs::copy_file(from, to, fs::copy_options::overwrite_existing, failure);
  return failure ? Status(Error{ErrorCode::System, "file can not be copied: " + from.string() +
                                                       ": " + failure.message()})
                 : Status();
}

}  // namespace tendril

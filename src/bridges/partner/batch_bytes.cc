#include "bridges/partner/batch_bytes.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bridges/partner/cipher_stream.h"
#include "bridges/partner/inflated_stream.h"

namespace tendril {
namespace {

std::string reason(int number) { return std::generic_category().message(number); }

class FileBytes final : public ByteStream {
 public:
  explicit FileBytes(int file) : file_(file) {}
  ~FileBytes() override { ::close(file_); }
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  Result<std::size_t> read(char* out, std::size_t size) override {
    for (;;) {
      const ssize_t count = ::read(file_, out, size);
      if (count >= 0) {
        return static_cast<std::size_t>(count);
      }
      if (errno != EINTR) {
        return Error{ErrorCode::System, "it can not be read: " + reason(errno)};
      }
    }
  }

 private:
  const int file_;
};

// Errors of what is below, with the file's name.
class NamedBytes final : public ByteStream {
 public:
  NamedBytes(std::string path, std::unique_ptr<ByteStream> bytes)
      : path_(std::move(path)), bytes_(std::move(bytes)) {}

  Result<std::size_t> read(char* out, std::size_t size) override {
    auto count = bytes_->read(out, size);
    if (!count.ok()) {
      return Error(count.error()).while_doing("batch file " + path_);
    }
    return count;
  }

 private:
  const std::string path_;
  const std::unique_ptr<ByteStream> bytes_;
};

// Without waiting: a path may name a pipe.
Result<std::unique_ptr<ByteStream>> open_file(const std::string& path) {
  if (path.empty() || path.find('\0') != std::string::npos) {
    return Error{ErrorCode::InvalidConfig, "batch file has no name"};
  }
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) {
    const int number = errno;
    return Error{number == ENOENT ? ErrorCode::NotFound : ErrorCode::InvalidConfig,
                 "batch file can not be opened: " + path + ": " + reason(number)};
  }
  auto bytes = std::make_unique<FileBytes>(file);
  struct stat facts = {};
  if (::fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return Error{ErrorCode::InvalidConfig, "batch file is no regular file: " + path};
  }
  return bytes;
}

}  // namespace

Result<std::unique_ptr<ByteStream>> open_batch_bytes(const std::string& path,
                                                     const BatchFileParams& params,
                                                     const Secret& key) {
  std::unique_ptr<ByteStream> bytes = TRY(open_file(path));
  if (params.encrypted) {
    if (key.empty()) {
      return Error{ErrorCode::InvalidConfig, "batch file has no key: " + path};
    }
    auto decrypted = decrypted_stream(std::move(bytes), key);
    if (!decrypted.ok()) {
      return std::move(decrypted).error().while_doing("batch file " + path);
    }
    bytes = std::move(decrypted).value();
  }
  switch (params.compression) {
    case BatchCompression::Off: break;
    case BatchCompression::Zstd: bytes = zstd_stream(std::move(bytes)); break;
    case BatchCompression::Gzip: bytes = gzip_stream(std::move(bytes)); break;
  }
  return std::make_unique<NamedBytes>(path, std::move(bytes));
}

}  // namespace tendril

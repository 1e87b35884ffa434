#include "destinations/lake/output_file.h"

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

namespace tendril {
namespace {

Error failed(std::string_view action, const std::filesystem::path& path) {
  return {.code = ErrorCode::System,
          .message = fmt::format("can not {} {}: {}", action, path.string(),
                                 std::generic_category().message(errno))};
}

std::uint32_t continued_crc(std::uint32_t crc, std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace

Result<std::unique_ptr<OutputFile>> OutputFile::open(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) {
    return failed("write", path);
  }
  return std::unique_ptr<OutputFile>(new OutputFile(path, descriptor));
}

OutputFile::OutputFile(std::filesystem::path path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor) {}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

Status OutputFile::write(std::string_view bytes) {
  crc_ = continued_crc(crc_, bytes);
  bytes_ += static_cast<std::int64_t>(bytes.size());
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      return failed("write", path_);
    }
    bytes.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  return {};
}

Status OutputFile::close() {
  const int result = ::close(descriptor_);
  descriptor_ = -1;
  return result == 0 ? Status() : failed("write", path_);
}

std::string OutputFile::crc32() const { return fmt::format("{:08x}", crc_); }

Result<std::string> file_crc32(const std::filesystem::path& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"),
                                                             &std::fclose);
  if (file == nullptr) {
    return failed("read", path);
  }
  std::vector<char> buffer(std::size_t{1} << 18);
  std::uint32_t crc = 0;
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    crc = continued_crc(crc, {buffer.data(), size});
  }
  if (std::ferror(file.get()) != 0) {
    return failed("read", path);
  }
  return fmt::format("{:08x}", crc);
}

}  // namespace tendril

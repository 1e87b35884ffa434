#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <zip.h>

#include "manifest/inflation.h"

namespace tendril {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{128} * 1024;
constexpr zip_int64_t kFilesMax = 100'000;

Error broken(std::string_view what) {
  return {ErrorCode::BadData, fmt::format("zip archive can not be read: {}", what)};
}

std::string worded(zip_error_t* error) {
  std::string text = zip_error_strerror(error);
  zip_error_fini(error);
  return text;
}

struct CloseArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseFile {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;
using ArchivedFile = std::unique_ptr<zip_file_t, CloseFile>;

Result<Archive> open_archive(const std::string& body) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(body.data(), body.size(), 0, &error);
  if (source == nullptr) {
    return broken(worded(&error));
  }
  Archive archive(zip_open_from_source(source, ZIP_RDONLY, &error));
  if (archive == nullptr) {
    zip_source_free(source);
    return broken(worded(&error));
  }
  return archive;
}

class UnzipParser final : public BodyParser {
 public:
  UnzipParser(std::function<std::unique_ptr<BodyParser>()> make_inner, const DecodeLimits& limits)
      : make_inner_(std::move(make_inner)), limits_(limits) {}

  Status write(std::string_view bytes) override {
    if (bytes.size() > limits_.document_bytes - body_.size()) {
      return Error{ErrorCode::BadData,
                   fmt::format("zip archive is larger than {} bytes", limits_.document_bytes)};
    }
    body_.append(bytes);
    return {};
  }

  Status finish() override {
    const Archive archive = TRY(open_archive(body_));
    const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
    if (count > kFilesMax) {
      return broken(fmt::format("more than {} files", kFilesMax));
    }
    for (zip_int64_t i = 0; i < count; ++i) {
      const auto index = static_cast<zip_uint64_t>(i);
      const char* name = zip_get_name(archive.get(), index, 0);
      if (Status status = read_file(archive.get(), index); !status.ok()) {
        return std::move(status).error().while_doing(
            fmt::format("reading {} in a zip archive", name == nullptr ? "a file" : name));
      }
    }
    return {};
  }

 private:
  Status read_file(zip_t* archive, zip_uint64_t index) {
    const ArchivedFile file(zip_fopen_index(archive, index, 0));
    if (file == nullptr) {
      return broken(zip_error_strerror(zip_get_error(archive)));
    }
    const std::unique_ptr<BodyParser> inner = make_inner_();
    std::array<char, kPieceBytes> piece{};
    for (;;) {
      const zip_int64_t bytes = zip_fread(file.get(), piece.data(), piece.size());
      if (bytes < 0) {
        return broken(zip_error_strerror(zip_file_get_error(file.get())));
      }
      if (bytes == 0) {
        return inner->finish();
      }
      unpacked_ += static_cast<std::uint64_t>(bytes);
      if (unpacked_ > limits_.inflated_bytes) {
        return Error{ErrorCode::BadData, fmt::format("zip archive unpacks to more than {} bytes",
                                                     limits_.inflated_bytes)};
      }
      TRY(inner->write(std::string_view(piece.data(), static_cast<std::size_t>(bytes))));
    }
  }

  const std::function<std::unique_ptr<BodyParser>()> make_inner_;
  const DecodeLimits limits_;
  std::string body_;
  std::uint64_t unpacked_ = 0;
};

}  // namespace

std::unique_ptr<BodyParser> unzip_parser(std::function<std::unique_ptr<BodyParser>()> make_inner,
                                         const DecodeLimits& limits) {
  return std::make_unique<UnzipParser>(std::move(make_inner), limits);
}

}  // namespace tendril

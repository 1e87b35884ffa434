#include "bridges/fivetran/uploaded_file.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace tendril {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPartSuffix = ".part";

using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&::EVP_MD_CTX_free)>;

struct Upload {
  fs::path part;
  std::ofstream file;
  Digest digest{nullptr, &::EVP_MD_CTX_free};
  std::size_t bytes = 0;
};

Error can_not_write(const fs::path& path) {
  return {.code = ErrorCode::System, .message = "file can not be written: " + path.string()};
}

bool stays_inside(const fs::path& path) {
  return !path.empty() && path.is_relative() &&
         std::none_of(path.begin(), path.end(), [](const fs::path& each) { return each == ".."; });
}

std::string hexadecimal(EVP_MD_CTX* digest) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  ::EVP_DigestFinal_ex(digest, bytes.data(), &size);
  std::string text;
  for (unsigned int index = 0; index < size; ++index) {
    text += fmt::format("{:02x}", bytes.at(index));
  }
  return text;
}

}  // namespace

struct UploadedFiles::Open {
  std::map<std::string, Upload> uploads;
};

UploadedFiles::UploadedFiles(fs::path folder)
    : folder_(std::move(folder)), open_(std::make_unique<Open>()) {}

UploadedFiles::~UploadedFiles() {
  for (const auto& [path, upload] : open_->uploads) {
    std::error_code ignored;  // A part that stays is of no consequence.
    fs::remove(upload.part, ignored);
  }
}

Result<std::optional<UploadedFile>> UploadedFiles::take(const FilePartFrame& part) {
  const std::string path(part.path);
  const fs::path whole = folder_ / fs::path(path).relative_path();
  if (!stays_inside(fs::path(path).relative_path())) {
    return Error{.code = ErrorCode::InvalidConfig,
                 .message = "path of an uploaded file leads out of its folder: " + path};
  }
  auto [found, is_new] = open_->uploads.try_emplace(path);
  Upload& upload = found->second;
  if (is_new) {
    std::error_code failure;
    fs::create_directories(whole.parent_path(), failure);
    upload.part = whole;
    upload.part += kPartSuffix;
    upload.file.open(upload.part, std::ios::binary | std::ios::trunc);
    upload.digest.reset(::EVP_MD_CTX_new());
    ::EVP_DigestInit_ex(upload.digest.get(), ::EVP_sha256(), nullptr);
  }
  upload.file.write(part.bytes.data(), static_cast<std::streamsize>(part.bytes.size()));
  ::EVP_DigestUpdate(upload.digest.get(), part.bytes.data(), part.bytes.size());
  upload.bytes += part.bytes.size();
  if (part.last) {
    upload.file.close();
  }
  std::error_code failure;
  if (upload.file && part.last) {
    fs::rename(upload.part, whole, failure);
  }
  if (!upload.file || failure) {
    return can_not_write(whole);
  }
  if (!part.last) {
    return std::optional<UploadedFile>();
  }
  UploadedFile file{path, upload.bytes, hexadecimal(upload.digest.get())};
  open_->uploads.erase(found);
  return std::optional(std::move(file));
}

}  // namespace tendril

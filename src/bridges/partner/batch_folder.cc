#include "bridges/partner/batch_folder.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <system_error>
#include <utility>

#include <openssl/rand.h>
#include <sys/stat.h>

namespace tendril {
namespace {

namespace fs = std::filesystem;

// Before compression, so that the rest of a file that grows by it or by a last row has room.
constexpr std::size_t kPlainBytesMax = kBatchFileBytesMax / 10 * 9;
constexpr std::size_t kNameBytesMax = 60;
constexpr std::size_t kTokenBytes = 8;

Error unusable(const fs::path& folder, const std::error_code& why) {
  return {.code = ErrorCode::System,
          .message =
              "folder for batch files can not be used (" + why.message() + "): " + folder.string()};
}

Status make_private(const fs::path& folder) {
  std::error_code fault;
  fs::create_directories(folder.parent_path(), fault);
  if (fault) {
    return unusable(folder, fault);
  }
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return unusable(folder, {errno, std::generic_category()});
  }
  fs::permissions(folder, fs::perms::owner_all, fault);
  return fault ? Status(unusable(folder, fault)) : Status();
}

Result<std::string> random_token() {
  std::array<unsigned char, kTokenBytes> bytes;
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return Error{.code = ErrorCode::System, .message = "the system has no random numbers"};
  }
  std::string token;
  for (const unsigned char byte : bytes) {
    token += "0123456789abcdef"[byte >> 4U];
    token += "0123456789abcdef"[byte & 15U];
  }
  return token;
}

std::string_view ending(const BatchFileParams& params) {
  return params.format == BatchFileFormat::Csv ? ".csv" : ".parquet";
}

std::string_view ending(BatchCompression compression) {
  switch (compression) {
    case BatchCompression::Off: break;
    case BatchCompression::Zstd: return ".zst";
    case BatchCompression::Gzip: return ".gz";
  }
  return "";
}

}  // namespace

Result<BatchFolder> BatchFolder::open(const fs::path& path, BatchFileParams params) {
  TRY(make_private(path));
  std::string token = TRY(random_token());
  params.null_string = "null-" + token;
  params.unmodified_string = "unmodified-" + token;
  return BatchFolder(path, std::move(params), std::move(token));
}

Result<std::unique_ptr<BatchFileWriter>> BatchFolder::new_file(
    std::string_view what, std::vector<BatchFileColumn> columns) {
  std::string name(what.substr(0, kNameBytesMax));
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_'; },
      '_');
  name += '_' + token_ + '_' + std::to_string(++files_);
  name += ending(params_);
  name += ending(params_.compression);
  name += params_.encrypted ? ".aes" : "";
  return open_batch_file(fs::absolute(path_ / name), params_, std::move(columns), kPlainBytesMax);
}

void BatchFolder::append_row_id(std::string& out) {
  out += token_;
  out += '-';
  std::array<char, 24> digits;
  const auto [end, fault] = std::to_chars(digits.data(), digits.data() + digits.size(), ++row_ids_);
  out.append(digits.data(), end);
}

void BatchFolder::clear() const {
  std::error_code ignored;  // What can not be removed stays where only this user can read it.
  for (const auto& entry : fs::directory_iterator(path_, ignored)) {
    fs::remove(entry.path(), ignored);
  }
}

void BatchFolder::keep_only(const std::set<std::string>& files) const {
  std::error_code ignored;  // As above.
  for (const auto& entry : fs::directory_iterator(path_, ignored)) {
    const bool ours = entry.path().filename().string().find(token_) != std::string::npos;
    if (ours && !files.contains(fs::absolute(entry.path()).string())) {
      fs::remove(entry.path(), ignored);
    }
  }
}

void BatchFolder::leave() const {
  std::error_code ignored;  // There are files in it.
  fs::remove(path_, ignored);
}

}  // namespace tendril

// A lake in an S3-compatible bucket. Data files are written on this machine, uploaded to the
// staging prefix and copied into place by the store itself, through Arrow's file system. Manifests
// are made by conditional writes, which Arrow's file system does not know, so that of two runs only
// one succeeds.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <system_error>
#include <utility>

#include <arrow/buffer.h>
#include <arrow/filesystem/s3fs.h>
#include <arrow/io/interfaces.h>
#include <fmt/format.h>
#include <unistd.h>

#include "core/fault_point.h"
#include "destinations/lake/output_file.h"
#include "destinations/lake/s3_location.h"
#include "destinations/lake/s3_request.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kChunkBytes = std::int64_t{4} << 20U;
constexpr std::string_view kProbeFile = "_tendril/probe.json";

// Arrow says what the store said in words only.
ErrorCode code_of(const std::string& message) {
  const auto says = [&](std::string_view text) { return message.find(text) != std::string::npos; };
  if (says("ACCESS_DENIED") || says("HTTP status 403")) {
    return ErrorCode::PermissionDenied;
  }
  if (says("INVALID_ACCESS_KEY_ID") || says("SIGNATURE_DOES_NOT_MATCH") ||
      says("HTTP status 401") || says("EXPIRED_TOKEN")) {
    return ErrorCode::Unauthenticated;
  }
  if (says("NETWORK_CONNECTION") || says("SLOW_DOWN") || says("SERVICE_UNAVAILABLE") ||
      says("INTERNAL_FAILURE")) {
    return ErrorCode::Unavailable;
  }
  return ErrorCode::System;
}

Error failed(const std::string& action, const arrow::Status& status) {
  return {.code = code_of(status.message()),
          .message = action + ": " + status.message().substr(0, 300)};
}

// Arrow wants to be told when the program has done with S3, or threads of its stay.
Status start_library() {
  static std::once_flag once;
  static arrow::Status started;
  std::call_once(once, [] {
    started = arrow::fs::EnsureS3Initialized();
    if (started.ok()) {
      std::atexit([] {
        const arrow::Status ignored = arrow::fs::EnsureS3Finalized();
        static_cast<void>(ignored);
      });
    }
  });
  return started.ok() ? Status() : failed("starting the S3 client", started);
}

class S3Storage final : public LakeStorage {
 public:
  S3Storage(S3Location location, std::shared_ptr<arrow::fs::S3FileSystem> files, fs::path workspace)
      : location_(std::move(location)),
        files_(std::move(files)),
        workspace_(std::move(workspace)) {}

  ~S3Storage() override {
    std::error_code error;
    fs::remove_all(workspace_, error);
  }

  std::string describe(const std::string& name) const override { return "s3://" + key(name); }

  // A server that does not know conditional writes takes the second one, too.
  Status open() override {
    const std::string probe(kProbeFile);
    TRY(create(probe, "{}\n"));
    const bool again = TRY(create(probe, "{}\n"));
    if (again) {
      return Error{.code = ErrorCode::InvalidConfig,
                   .message = "the server of " + describe("") +
                              " does not know conditional writes, which keep two runs apart; with "
                              "conditional_writes=no they are kept apart by you"};
    }
    return {};
  }

  Result<std::vector<std::string>> list(const std::string& folder) override {
    arrow::fs::FileSelector selector;
    selector.base_dir = key(folder);
    selector.allow_not_found = true;
    selector.recursive = true;
    const auto found = files_->GetFileInfo(selector);
    if (!found.ok()) {
      return failed("listing " + describe(folder), found.status());
    }
    std::vector<std::string> names;
    const std::size_t root = key("").size() + 1;
    for (const arrow::fs::FileInfo& info : *found) {
      if (info.IsFile()) {
        names.push_back(info.path().substr(root));
      }
    }
    return names;
  }

  Result<std::optional<std::string>> read(const std::string& name) override {
    const auto info = files_->GetFileInfo(key(name));
    if (!info.ok()) {
      return failed("reading " + describe(name), info.status());
    }
    if (!info->IsFile()) {
      return std::optional<std::string>();
    }
    auto content = read_all(*info);
    if (!content.ok()) {
      return failed("reading " + describe(name), content.status());
    }
    return std::optional((*content)->ToString());
  }

  Result<bool> create(const std::string& name, const std::string& content) override {
    fault_point(FaultPoint::StateApplied);
    if (location_.conditional_writes) {
      const arrow::fs::S3Options options = files_->options();
      return create_object({.endpoint = location_.endpoint,
                            .scheme = location_.scheme,
                            .region = files_->region(),
                            .bucket = location_.bucket,
                            .key = key(name).substr(location_.bucket.size() + 1),
                            .access_key = options.GetAccessKey(),
                            .secret_key = options.GetSecretKey(),
                            .session_token = options.GetSessionToken()},
                           content);
    }
    const std::optional<std::string> present = TRY(read(name));
    if (present) {
      return false;
    }
    TRY(replace(name, content));
    return true;
  }

  Status replace(const std::string& name, const std::string& content) override {
    const auto write = [&]() -> arrow::Status {
      ARROW_ASSIGN_OR_RAISE(const auto stream, files_->OpenOutputStream(key(name), nullptr));
      ARROW_RETURN_NOT_OK(stream->Write(content));
      return stream->Close();
    };
    const arrow::Status written = write();
    return written.ok() ? Status() : failed("writing " + describe(name), written);
  }

  const fs::path& workspace() const override { return workspace_; }

  Status stage(const std::vector<std::string>& names) override {
    for (const std::string& name : names) {
      fault_point(FaultPoint::FileWritten);
      const std::string staged = std::string(kStagingFolder) + "/" + name;
      if (const arrow::Status sent = upload(workspace_ / name, key(staged)); !sent.ok()) {
        return failed("uploading " + describe(staged), sent);
      }
      std::error_code error;
      fs::remove(workspace_ / name, error);  // The whole folder goes with this object.
      fault_point(FaultPoint::FileSynced);
    }
    return {};
  }

  Status publish(const LakeFile& file) override {
    const std::string staged = key(std::string(kStagingFolder) + "/" + file.name());
    const auto info = files_->GetFileInfo(staged);
    if (!info.ok()) {
      return failed("putting into place " + describe(file.path), info.status());
    }
    if (!info->IsFile()) {
      return {};
    }
    const arrow::Status copied = files_->CopyFile(staged, key(file.path));
    const auto left = copied.ok() ? info : files_->GetFileInfo(staged);
    if (!copied.ok() && (!left.ok() || left->IsFile())) {
      return failed("putting into place " + describe(file.path), copied);
    }
    fault_point(FaultPoint::FileRenamed);
    return remove({std::string(kStagingFolder) + "/" + file.name()});
  }

  Status sync_folders() override { return {}; }

  Status remove(const std::vector<std::string>& names) override {
    for (const std::string& name : names) {
      const auto info = files_->GetFileInfo(key(name));
      if (!info.ok()) {
        return failed("removing " + describe(name), info.status());
      }
      if (!info->IsFile()) {
        continue;
      }
      if (const arrow::Status removed = files_->DeleteFile(key(name)); !removed.ok()) {
        const auto left = files_->GetFileInfo(key(name));
        if (!left.ok() || left->IsFile()) {
          return failed("removing " + describe(name), removed);
        }
      }
    }
    return {};
  }

  Result<fs::path> fetch(const LakeFile& file) override {
    fs::path path = workspace_ / ("fetched-" + file.name());
    if (fetched_.contains(file.name())) {
      return path;
    }
    // Staged files move to their place and never back, so the place is looked at again at the end.
    for (const std::string& name :
         {file.path, std::string(kStagingFolder) + "/" + file.name(), file.path}) {
      const auto info = files_->GetFileInfo(key(name));
      if (!info.ok()) {
        return failed("reading " + describe(name), info.status());
      }
      if (!info->IsFile()) {
        continue;
      }
      const std::string sum = TRY(download(*info, path));
      if (sum != file.crc32) {
        return Error{.code = ErrorCode::System,
                     .message = "data file is not what was written: " + describe(name)};
      }
      fetched_[file.name()] = path;
      return path;
    }
    return Error{.code = ErrorCode::System,
                 .message = "data file is missing: " + describe(file.path)};
  }

  void drop_fetched() override {
    for (const auto& [name, path] : fetched_) {
      std::error_code error;
      fs::remove(path, error);  // The whole folder goes with this object.
    }
    fetched_.clear();
  }

 private:
  std::string key(const std::string& name) const {
    std::string path = location_.bucket;
    path += location_.prefix.empty() ? "" : "/" + location_.prefix;
    return path + (name.empty() ? "" : "/" + name);
  }

  arrow::Result<std::shared_ptr<arrow::Buffer>> read_all(const arrow::fs::FileInfo& info) {
    ARROW_ASSIGN_OR_RAISE(const auto file, files_->OpenInputFile(info));
    ARROW_ASSIGN_OR_RAISE(const std::int64_t size, file->GetSize());
    return file->ReadAt(0, size);
  }

  arrow::Status upload(const fs::path& path, const std::string& to) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
      return arrow::Status::IOError("can not read ", path.string());
    }
    ARROW_ASSIGN_OR_RAISE(const auto stream, files_->OpenOutputStream(to, nullptr));
    std::string chunk(static_cast<std::size_t>(kChunkBytes), '\0');
    while (file.read(chunk.data(), kChunkBytes) || file.gcount() > 0) {
      ARROW_RETURN_NOT_OK(stream->Write(chunk.data(), file.gcount()));
    }
    if (file.bad()) {
      return arrow::Status::IOError("can not read ", path.string());
    }
    return stream->Close();
  }

  // Returns the sum of what was read.
  Result<std::string> download(const arrow::fs::FileInfo& info, const fs::path& path) {
    auto output = TRY(OutputFile::open(path));
    const auto file = files_->OpenInputFile(info);
    if (!file.ok()) {
      return failed("reading s3://" + info.path(), file.status());
    }
    for (std::int64_t offset = 0; offset < info.size(); offset += kChunkBytes) {
      const auto chunk = (*file)->ReadAt(offset, std::min(kChunkBytes, info.size() - offset));
      if (!chunk.ok()) {
        return failed("reading s3://" + info.path(), chunk.status());
      }
      TRY(output->write((*chunk)->ToString()));
    }
    TRY(output->close());
    return output->crc32();
  }

  const S3Location location_;
  const std::shared_ptr<arrow::fs::S3FileSystem> files_;
  const fs::path workspace_;
  std::map<std::string, fs::path> fetched_;
};

Result<fs::path> make_workspace() {
  std::error_code error;
  std::string pattern = (fs::temp_directory_path(error) / "tendril-lake-XXXXXX").string();
  if (error || ::mkdtemp(pattern.data()) == nullptr) {
    return Error{.code = ErrorCode::System,
                 .message = "can not make a folder for files on their way: " + pattern};
  }
  return fs::path(pattern);
}

}  // namespace

Result<std::unique_ptr<LakeStorage>> s3_storage(const S3Location& location) {
  TRY(start_library());
  arrow::fs::S3Options options = arrow::fs::S3Options::Defaults();
  options.region = location.region;
  if (options.region.empty()) {
    for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
      const char* const value =
          std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it.
      options.region = options.region.empty() && value != nullptr ? value : options.region;
    }
  }
  if (options.region.empty()) {
    options.region = "us-east-1";
  }
  options.scheme = location.scheme;
  options.endpoint_override = location.endpoint;
  auto files = arrow::fs::S3FileSystem::Make(options);
  if (!files.ok()) {
    return failed("opening s3://" + location.bucket, files.status());
  }
  fs::path workspace = TRY(make_workspace());
  return std::make_unique<S3Storage>(location, *std::move(files), std::move(workspace));
}

}  // namespace tendril

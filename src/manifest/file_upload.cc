#include "manifest/file_upload.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <random>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "manifest/slice_view.h"

namespace tendril {
namespace {

constexpr auto kFileTimeMax = std::chrono::hours(24);
constexpr std::size_t kFileBytesMax = std::size_t{1} << 40U;

// Source: RFC 9562, version 4.
std::string random_name() {
  std::random_device random;
  std::array<std::uint32_t, 4> words{random(), random(), random(), random()};
  words[1] = (words[1] & 0xFFFF0FFFU) | 0x4000U;
  words[2] = (words[2] & 0x3FFFFFFFU) | 0x80000000U;
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:04x}{:08x}", words[0], words[1] >> 16U,
                     words[1] & 0xFFFFU, words[2] >> 16U, words[2] & 0xFFFFU, words[3]);
}

bool stays_inside(const std::filesystem::path& path) {
  return path.is_relative() && !path.empty() &&
         std::none_of(path.begin(), path.end(), [](const auto& part) { return part == ".."; });
}

Error system_error(std::string_view what, const std::filesystem::path& path) {
  return {ErrorCode::System, fmt::format("{}: {}", what, path.string())};
}

// A file that takes its name when it is complete, and vanishes when it is not.
class PartialFile {
 public:
  explicit PartialFile(std::filesystem::path path)
      : path_(std::move(path)), partial_(path_.string() + ".part-" + random_name()) {}
  ~PartialFile() {
    std::error_code ignored;
    if (!complete_) {
      out_.close();
      std::filesystem::remove(partial_, ignored);
    }
  }
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  Status open() {
    std::error_code fault;
    std::filesystem::create_directories(path_.parent_path(), fault);
    out_.open(partial_, std::ios::binary | std::ios::trunc);
    return fault || !out_ ? Status(system_error("file can not be made", path_)) : Status();
  }

  Status write(std::string_view bytes) {
    bytes_ += static_cast<std::int64_t>(bytes.size());
    out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return out_ ? Status() : Status(system_error("file can not be written", path_));
  }

  Status complete() {
    out_.close();
    std::error_code fault;
    if (out_) {
      std::filesystem::rename(partial_, path_, fault);
    }
    if (!out_ || fault) {
      return system_error("file can not be written", path_);
    }
    complete_ = true;
    return {};
  }

  std::int64_t bytes() const { return bytes_; }

 private:
  const std::filesystem::path path_;
  const std::filesystem::path partial_;
  std::ofstream out_;
  std::int64_t bytes_ = 0;
  bool complete_ = false;
};

}  // namespace

Result<std::unique_ptr<const FileUpload>> FileUpload::compile(const Node& node, std::string stream,
                                                              const Environment& environment) {
  const Node* requester_node = TRY(node.required("requester"));
  const Node* target_node = TRY(node.required("download_target_extractor"));
  Requester requester = TRY(Requester::compile(*requester_node, environment, {}));
  RecordExtractor target = TRY(RecordExtractor::compile(*target_node, environment));
  std::unique_ptr<FileUpload> upload(
      new FileUpload(std::move(requester), std::move(target), environment));
  const std::string name = TRY(node.text_or("filename_extractor", ""));
  if (!name.empty()) {
    upload->name_ = TRY(TemplateField::compile(node, "filename_extractor"));
  }
  upload->folder_ = std::move(stream);
  if (!stays_inside(upload->folder_)) {
    return node.error("name of the stream is no name of a folder: " + upload->folder_.string());
  }
  return std::unique_ptr<const FileUpload>(std::move(upload));
}

Result<std::filesystem::path> FileUpload::path_for(const Value& record) const {
  std::string name = random_name();
  if (name_) {
    Context context = context_with(environment_->config, environment_->clock);
    set(context, Name::Record, &record);
    name = TRY(name_->text(context));
    name.erase(0, std::min(name.find_first_not_of('/'), name.size()));
  }
  std::filesystem::path path = (folder_ / name).lexically_normal();
  if (!path.has_filename()) {  // "a/b/": the last part is the name.
    path = path.parent_path();
  }
  if (name.empty() || !stays_inside(name) || path == folder_) {
    return Error{ErrorCode::BadData, "name of a record's file is no name of a file: " + name};
  }
  return path;
}

Result<Request> FileUpload::request_for(const Value& record, const std::stop_token& stop) const {
  std::optional<Value> target;
  const TakeRecord take = [&](Value found) -> Status {
    target = target ? std::move(target) : std::optional(std::move(found));
    return {};
  };
  TRY(target_.extract({record}, take, stop));
  if (!target || !target->is_string()) {
    return Error{ErrorCode::BadData, "record does not say where its file is"};
  }
  const Value view = slice_view_with({}, Map{{"download_target", *std::move(target)}});
  Context context = context_with(environment_->config, environment_->clock);
  const Value no_token;
  set(context, Name::NextPageToken, &no_token);
  set_slice(context, view);
  Request request = TRY(requester_.request(RequestDraft(), std::nullopt, context));
  request.timeouts.total = kFileTimeMax;
  request.body_bytes_max = kFileBytesMax;
  return request;
}

Status FileUpload::attach(Value& record, std::stop_token stop) const {
  const Request request = TRY(request_for(record, stop));
  const std::filesystem::path path = TRY(path_for(record));
  const std::filesystem::path whole = environment_->files_directory / path;
  PartialFile file(whole);
  TRY(file.open());
  const auto take = [&](std::string_view bytes) { return file.write(bytes); };
  const Client::Answer answer = TRY(requester_.receive(request, take, std::move(stop)));
  if (answer.ignored && answer.response.status >= 400) {
    return {};
  }
  TRY(file.write(answer.response.body));
  TRY(file.complete());
  if (Map* map = record.as_map()) {
    map->set(kFileReference, Map{{"staging_file_url", whole.string()},
                                 {"source_file_relative_path", path.generic_string()},
                                 {"file_size_bytes", file.bytes()}});
  }
  return {};
}

}  // namespace tendril

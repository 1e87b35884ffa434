// FileUpload: fetches the file that belongs to a record into a local folder, and puts where it is
// into the record.
// Source: manifest component "FileUploader".
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/result.h"
#include "data/value.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/record_extractor.h"
#include "manifest/requester.h"
#include "manifest/template_field.h"

namespace tendril {

// The member of a record that says where its file is: {"staging_file_url": the path,
// "source_file_relative_path": the path below the folder, "file_size_bytes": its size}.
inline constexpr std::string_view kFileReference = "file_reference";

// Threads: safe to share.
class FileUpload {
 public:
  // `stream` is the name of the folder that the files go to, below that of the environment, which
  // must outlive the result. Errors: InvalidConfig and Unsupported with file, line and column.
  static Result<std::unique_ptr<const FileUpload>> compile(const Node& node, std::string stream,
                                                           const Environment& environment);

  // The file is there whole, or not at all; one of the same name is replaced.
  // Errors: BadData when the record names no file, or one outside the folder; System when it can
  // not
  //   be written; those of the request.
  Status attach(Value& record, std::stop_token stop) const;

 private:
  FileUpload(Requester requester, RecordExtractor target, const Environment& environment)
      : requester_(std::move(requester)), target_(std::move(target)), environment_(&environment) {}
  Result<std::filesystem::path> path_for(const Value& record) const;
  Result<Request> request_for(const Value& record, const std::stop_token& stop) const;

  Requester requester_;
  RecordExtractor target_;
  std::optional<TemplateField> name_;  // Else a name nobody else has.
  const Environment* environment_;
  std::filesystem::path folder_;  // Below that of the environment.
};

}  // namespace tendril

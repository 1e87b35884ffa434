#include "destinations/lake/target.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "core/encoding.h"

namespace tendril {
namespace {

constexpr std::string_view kS3Scheme = "s3://";
constexpr int kFileMbMax = 4'096;  // Object stores copy up to 5 GB in one request.
constexpr std::size_t kQueryMemoryMin = 64'000'000;
constexpr std::size_t kGroupBytesMin = std::size_t{4} << 20U;

Error wrong(std::string message) {
  return {.code = ErrorCode::InvalidConfig, .message = std::move(message)};
}

Status set_file_setting(LakeTarget& target, std::string_view name, const std::string& value) {
  WorkshopOptions& options = target.workshop;
  if (name == "file_mb") {
    int megabytes = 0;
    const char* const end = value.data() + value.size();
    const auto parsed = std::from_chars(value.data(), end, megabytes);
    if (parsed.ec != std::errc() || parsed.ptr != end || megabytes < 1 || megabytes > kFileMbMax) {
      return wrong(fmt::format("file_mb must be a number from 1 to {}: {}", kFileMbMax, value));
    }
    options.file_bytes = std::int64_t{megabytes} * 1'000'000;
    return {};
  }
  if (name == "compression" && options.rows.format == LakeFormat::Parquet) {
    if (value == "snappy" || value == "zstd" || value == "none") {
      options.rows.compression = value == "snappy" ? LakeCompression::Snappy
                                 : value == "zstd" ? LakeCompression::Zstd
                                                   : LakeCompression::None;
      return {};
    }
    return wrong("compression must be snappy, zstd or none: " + value);
  }
  return wrong(fmt::format(
      "{} destination has no setting {} (file_mb{}{})", to_string(options.rows.format), name,
      options.rows.format == LakeFormat::Parquet ? ", compression" : "",
      target.folder.empty() ? ", region, endpoint_override, scheme, conditional_writes" : ""));
}

bool is_loopback(std::string_view endpoint) {
  const std::string_view host = endpoint.substr(0, endpoint.rfind(':'));
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

Status set_setting(LakeTarget& target, std::string_view name, const std::string& value) {
  S3Location& s3 = target.s3;
  if (target.folder.empty() && name == "region") {
    s3.region = value;
    return {};
  }
  if (target.folder.empty() && name == "endpoint_override") {
    s3.endpoint = value;
    return {};
  }
  if (target.folder.empty() && name == "scheme") {
    if (value != "https" && value != "http") {
      return wrong("scheme must be https or http: " + value);
    }
    s3.scheme = value;
    return {};
  }
  if (target.folder.empty() && name == "conditional_writes") {
    if (value != "yes" && value != "no") {
      return wrong("conditional_writes must be yes or no: " + value);
    }
    s3.conditional_writes = value == "yes";
    return {};
  }
  return set_file_setting(target, name, value);
}

Status set_place(LakeTarget& target, std::string_view place) {
  if (place.substr(0, kS3Scheme.size()) != kS3Scheme) {
    target.folder = place;
    return place.empty() || place.find('\0') != std::string_view::npos
               ? wrong(fmt::format("{0} destination names no folder: {0}:DIR",
                                   to_string(target.workshop.rows.format)))
               : Status();
  }
  place.remove_prefix(kS3Scheme.size());
  const std::size_t slash = std::min(place.find('/'), place.size());
  target.s3.bucket = place.substr(0, slash);
  std::string_view prefix = place.substr(std::min(slash + 1, place.size()));
  while (!prefix.empty() && prefix.back() == '/') {
    prefix.remove_suffix(1);
  }
  target.s3.prefix = prefix;
  return target.s3.bucket.empty() ? wrong("s3 location names no bucket: s3://BUCKET/PREFIX")
                                  : Status();
}

}  // namespace

Result<LakeTarget> parse_lake_target(LakeFormat format, std::string_view text,
                                     std::size_t memory_bytes) {
  LakeTarget target;
  target.workshop.rows.format = format;
  if (memory_bytes > 0) {
    target.workshop.query_memory = std::max(memory_bytes, kQueryMemoryMin);
    target.workshop.rows.group_bytes =
        std::clamp(memory_bytes / 4, kGroupBytesMin, target.workshop.rows.group_bytes);
  }
  const std::size_t mark = text.rfind('?');
  TRY(set_place(target, text.substr(0, mark)));
  std::string_view rest = mark == std::string_view::npos ? "" : text.substr(mark + 1);
  for (bool more = mark != std::string_view::npos; more;) {
    const std::size_t end = rest.find('&');
    const std::string_view setting = rest.substr(0, end);
    const std::size_t equals = setting.find('=');
    if (equals == std::string_view::npos) {
      return wrong(fmt::format("setting has no value: {}", setting));
    }
    TRY(set_setting(target, setting.substr(0, equals), url_decode(setting.substr(equals + 1))));
    more = end != std::string_view::npos;
    rest = more ? rest.substr(end + 1) : "";
  }
  if (target.s3.scheme == "http" && !is_loopback(target.s3.endpoint)) {
    return wrong("scheme http is for servers on this machine only: " +
                 (target.s3.endpoint.empty() ? "s3" : target.s3.endpoint));
  }
  return target;
}

Result<std::unique_ptr<LakeStorage>> lake_storage(const LakeTarget& target) {
  if (target.folder.empty()) {
    return s3_storage(target.s3);
  }
  return local_storage(target.folder);
}

}  // namespace tendril

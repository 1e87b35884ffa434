#include "bridges/partner/partner_target.h"

#include <utility>

#include "core/encoding.h"

namespace tendril {
namespace {

Error refused(const std::string& why) {
  return {.code = ErrorCode::InvalidConfig, .message = "fivetran destination: " + why};
}

Status read_format(PartnerTarget& target, const std::string& value) {
  if (value == "csv") {
    target.format = BatchFileFormat::Csv;
  } else if (value == "parquet") {
    target.format = BatchFileFormat::Parquet;
  } else {
    return refused("format must be csv or parquet: " + value);
  }
  return {};
}

Status read_compression(PartnerTarget& target, const std::string& value) {
  if (value == "zstd") {
    target.compression = BatchCompression::Zstd;
  } else if (value == "gzip") {
    target.compression = BatchCompression::Gzip;
  } else if (value == "none") {
    target.compression = BatchCompression::Off;
  } else {
    return refused("compression must be zstd, gzip or none: " + value);
  }
  return {};
}

Status read_setting(PartnerTarget& target, std::string_view name, std::string value) {
  if (value.empty() || value.find('\0') != std::string::npos) {
    return refused(std::string(name) + " has no value");
  }
  if (name == "schema") {
    target.schema = std::move(value);
  } else if (name == "config") {
    target.configuration_file = std::move(value);
  } else if (name == "files") {
    target.folder = std::move(value);
  } else if (name == "format") {
    return read_format(target, value);
  } else if (name == "compression") {
    return read_compression(target, value);
  } else if (name == "encryption" && (value == "aes" || value == "none")) {
    target.encrypted = value == "aes";
  } else if (name == "encryption") {
    return refused("encryption must be aes or none: " + value);
  } else {
    return refused("there is no setting " + std::string(name));
  }
  return {};
}

}  // namespace

Result<PartnerTarget> parse_partner_target(std::string_view text) {
  PartnerTarget target;
  const std::size_t mark = text.find('?');
  target.address = text.substr(0, mark);
  if (target.address.rfind(':') == std::string::npos) {
    return refused("it is named as fivetran:HOST:PORT?schema=NAME");
  }
  std::string_view rest = mark == std::string_view::npos ? "" : text.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view setting = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), setting.size() + 1));
    const std::size_t equals = std::min(setting.find('='), setting.size());
    const std::string_view value = setting.substr(std::min(equals + 1, setting.size()));
    TRY(read_setting(target, setting.substr(0, equals), url_decode(value)));
  }
  return target;
}

BatchFileParams batch_params(const PartnerTarget& target, BatchFileFormat format) {
  const BatchCompression usual =
      format == BatchFileFormat::Csv ? BatchCompression::Zstd : BatchCompression::Off;
  return {.format = format,
          .compression = target.compression.value_or(usual),
          .encrypted = target.encrypted};
}

}  // namespace tendril

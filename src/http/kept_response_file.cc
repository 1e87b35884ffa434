#include "http/kept_response_file.h"

#include <nlohmann/json.hpp>

#include "http/fingerprint.h"

namespace tendril {
namespace {

constexpr std::string_view kMagic = "tendril-http 1\n";

using Json = nlohmann::json;

}  // namespace

std::string to_file_text(const KeptFile& file) {
  Json headers = Json::array();
  for (const auto& [name, value] : file.response.headers.fields()) {
    headers.push_back({name, value});
  }
  const Json description = {{"etag", file.response.etag},
                            {"last_modified", file.response.last_modified},
                            {"headers", std::move(headers)},
                            {"vary", file.vary},
                            {"vary_values", file.vary_values},
                            {"body_bytes", file.response.body.size()},
                            {"body_sha256", fingerprint({file.response.body})}};
  std::string text(kMagic);
  // What is not UTF-8 in a header is replaced: such a header is of no use to anybody.
  text += description.dump(-1, ' ', true, Json::error_handler_t::replace);
  text += '\n';
  return text += file.response.body;
}

std::optional<KeptFile> parse_kept_file(std::string_view text) {
  const std::size_t end = text.find('\n', kMagic.size());
  if (!text.starts_with(kMagic) || end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view body = text.substr(end + 1);
  try {
    const Json description = Json::parse(text.substr(kMagic.size(), end - kMagic.size()));
    if (description.at("body_bytes").get<std::size_t>() != body.size() ||
        description.at("body_sha256").get<std::string>() != fingerprint({body})) {
      return std::nullopt;
    }
    KeptFile file;
    file.response.etag = description.at("etag").get<std::string>();
    file.response.last_modified = description.at("last_modified").get<std::string>();
    for (const Json& field : description.at("headers")) {
      file.response.headers.add(field.at(0).get<std::string>(), field.at(1).get<std::string>());
    }
    file.vary = description.at("vary").get<std::vector<std::string>>();
    file.vary_values = description.at("vary_values").get<std::string>();
    file.response.body.reserve(body.size() + kBodySpareBytes);
    file.response.body = body;
    return file;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace tendril

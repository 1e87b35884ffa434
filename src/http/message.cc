#include "http/message.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/encoding.h"

namespace tendril {
namespace {

// The vendors' names for the id of an exchange, the plainest first.
constexpr std::array kRequestIdNames = {"x-request-id",
                                        "request-id",
                                        "x-requestid",
                                        "x-amzn-requestid",
                                        "x-amz-request-id",
                                        "x-ms-request-id",
                                        "x-correlation-id",
                                        "x-github-request-id",
                                        "x-slack-req-id",
                                        "x-trace-id",
                                        "x-goog-request-id",
                                        "x-zendesk-request-id",
                                        "x-hubspot-correlation-id",
                                        "cf-ray"};

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

// Encodes what may not stand in a URL, as it is: spaces, what is not ASCII, quotes and the like.
// What is encoded already stays; tabs and ends of lines go. Source: RFC 3986, section 2; WHATWG's
// URL standard, section 4.4.
std::string escaped_url(std::string_view url) {
  constexpr std::string_view kAllowed = "-._~!#$%&'()*+,/:;=?@[]";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string escaped;
  escaped.reserve(url.size());
  for (const char c : url) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\t' || c == '\r' || c == '\n') {
      continue;
    }
    if (byte < 0x80 && (std::isalnum(byte) != 0 || kAllowed.find(c) != std::string_view::npos)) {
      escaped += c;
    } else {
      escaped += '%';
      escaped += kDigits[byte >> 4U];
      escaped += kDigits[byte & 0xFU];
    }
  }
  return escaped;
}

}  // namespace

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const Field& field : fields_) {
    if (same_name(field.first, name)) {
      return field.second;
    }
  }
  return std::nullopt;
}

void Headers::set(std::string_view name, std::string value) {
  erase(name);
  add(std::string(name), std::move(value));
}

void Headers::add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::erase(std::string_view name) {
  std::erase_if(fields_, [name](const Field& field) { return same_name(field.first, name); });
}

std::string Response::request_id() const {
  for (const char* const name : kRequestIdNames) {
    if (const auto value = headers.find(name); value && !value->empty()) {
      return std::string(*value);
    }
  }
  return "";
}

std::string url_with_query(const Request& request) {
  std::string url = escaped_url(std::string_view(request.url).substr(0, request.url.find('#')));
  bool first = url.find('?') == std::string::npos;
  for (const auto& [name, value] : request.query) {
    if (first) {
      url += '?';
    } else if (!url.ends_with('?') && !url.ends_with('&')) {
      url += '&';
    }
    first = false;
    url.append(url_encode(name)).append("=").append(url_encode(value));
  }
  return url;
}

std::string origin_of(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == 0 || scheme_end == std::string_view::npos) {
    return "";
  }
  const std::string_view rest = url.substr(scheme_end + 3);
  std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    authority.remove_prefix(at + 1);
  }
  if (authority.empty() || authority.front() == ':') {
    return "";
  }
  std::string origin(url.substr(0, scheme_end + 3));
  origin += authority;
  std::transform(origin.begin(), origin.end(), origin.begin(), lower);
  const std::string_view default_port = origin.starts_with("https://")  ? ":443"
                                        : origin.starts_with("http://") ? ":80"
                                                                        : ":";
  if (origin.ends_with(default_port)) {
    origin.resize(origin.size() - default_port.size());
  }
  return origin;
}

std::string place_of(std::string_view method, std::string_view url) {
  std::string place(method);
  place += ' ';
  const std::string origin = origin_of(url);
  if (origin.empty()) {
    return place + "a malformed url";
  }
  place += origin;
  const std::string_view rest = url.substr(url.find("://") + 3);
  const std::size_t path_start = rest.find_first_of("/?#");
  if (path_start != std::string_view::npos) {
    const std::string_view path = rest.substr(path_start);
    place += path.substr(0, path.find_first_of("?#"));
  }
  return place;
}

std::string place_of(const Request& request) { return place_of(request.method, request.url); }

}  // namespace tendril

#include "http/redirect.h"

#include <algorithm>
#include <array>
#include <memory>

#include <curl/curl.h>

namespace tendril {
namespace {

// What another origin may see of the request. A list of what is harmless, not of credentials:
// vendors put keys into headers of any name.
constexpr std::array kHarmlessHeaders = {"Accept",           "Accept-Language", "Content-Type",
                                         "User-Agent",       "Range",           "If-None-Match",
                                         "If-Modified-Since"};

struct UrlCleanup {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using UrlHandle = std::unique_ptr<CURLU, UrlCleanup>;

// Returns `location` as seen from `base`, or "" when either cannot be read.
std::string resolve(const std::string& base, const std::string& location) {
  const UrlHandle url(curl_url());
  if (url == nullptr || curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK ||
      curl_url_set(url.get(), CURLUPART_URL, location.c_str(), CURLU_URLENCODE) != CURLUE_OK) {
    return "";
  }
  // A user named by another server is not ours to log in as.
  curl_url_set(url.get(), CURLUPART_USER, nullptr, 0);
  curl_url_set(url.get(), CURLUPART_PASSWORD, nullptr, 0);
  curl_url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0);
  char* text = nullptr;
  if (curl_url_get(url.get(), CURLUPART_URL, &text, 0) != CURLUE_OK) {
    return "";
  }
  std::string resolved(text);
  curl_free(text);
  return resolved;
}

bool becomes_get(int status, std::string_view method) {
  if (method == "GET" || method == "HEAD") {
    return false;
  }
  return status == 303 || ((status == 301 || status == 302) && method == "POST");
}

Headers harmless(const Headers& headers) {
  Headers kept;
  for (const char* const name : kHarmlessHeaders) {
    if (const auto value = headers.find(name)) {
      kept.add(name, std::string(*value));
    }
  }
  return kept;
}

}  // namespace

bool is_redirect(const Response& answer) {
  switch (answer.status) {
    case 301:
    case 302:
    case 303:
    case 307:
    case 308: return answer.headers.find("Location").has_value();
    default: return false;
  }
}

Result<Hop> next_hop(const Hop& sent, const Response& answer) {
  const std::string here = place_of(sent.method, sent.url);
  Hop next = sent;
  next.url = resolve(sent.url, std::string(answer.headers.find("Location").value_or("")));
  const std::string from = origin_of(sent.url);
  const std::string to = origin_of(next.url);
  if (!to.starts_with("http://") && !to.starts_with("https://")) {
    return Error{ErrorCode::Unavailable, here + ": redirect to an address that is not http"};
  }
  if (from.starts_with("https://") && to.starts_with("http://")) {
    return Error{ErrorCode::InvalidConfig, here + ": redirect from https to http refused: " + to};
  }
  if (becomes_get(answer.status, sent.method)) {
    next.method = "GET";
    next.body = {};
    next.headers.erase("Content-Type");
    next.headers.erase("Content-Encoding");
  }
  if (from != to) {
    if (!next.body.empty()) {
      return Error{ErrorCode::InvalidConfig,
                   here + ": redirect would take the body to another origin: " + to};
    }
    next.headers = harmless(next.headers);
  }
  return next;
}

}  // namespace tendril

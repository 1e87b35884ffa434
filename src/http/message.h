// Request and Response: one HTTP exchange as plain data.
#pragma once

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tendril {

// Header fields in order. Names compare without case.
// Source: RFC 9110 section 5.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  // Returns the first value of that name.
  std::optional<std::string_view> find(std::string_view name) const;
  // Replaces all fields of that name by one.
  void set(std::string_view name, std::string value);
  void add(std::string name, std::string value);
  void erase(std::string_view name);

  const std::vector<Field>& fields() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

struct Timeouts {
  std::chrono::milliseconds connect{10'000};
  // The longest silence between two bytes.
  std::chrono::milliseconds read{60'000};
  std::chrono::milliseconds total{600'000};
};

struct Request {
  std::string method = "GET";
  std::string url;  // Absolute; may carry a query.
  // Appended to the url's query, encoded, in order.
  std::vector<std::pair<std::string, std::string>> query = {};
  Headers headers = {};
  std::string body = {};
  Timeouts timeouts = {};
  std::size_t body_bytes_max = std::size_t{512} * 1024 * 1024;
  // At most 10, never from https to http. On another origin only headers that say what is wanted
  // (Accept...) are sent again, never credentials, and a body is never taken there.
  bool follow_redirects = true;
  // False where sending twice does harm (a token refresh, a purchase): then a failure of the
  // transport, after which nobody knows whether the server acted, is never followed by another
  // try. An answer that asks for one still is: the server says what it did.
  bool safe_to_retry = true;
  // False keeps the answer out of an HttpCache.
  bool may_be_kept = true;
};

inline constexpr std::size_t kBodySpareBytes = 64;

struct Response {
  int status = 0;
  Headers headers = {};
  // Decoded from gzip, br or zstd. capacity() leaves kBodySpareBytes, for parsers; a copy does not.
  std::string body = {};
  std::string url = {};  // Of the last hop, query included, before origin rewrites.
  std::chrono::microseconds elapsed{0};

  // The vendor's id of this exchange (X-Request-Id and its many spellings), or "".
  std::string request_id() const;
};

// Returns url with query appended ("?a=b&c=d" or "&a=b&c=d"), encoded. What may not stand in a URL
// (a space, "é") is encoded in the url too.
std::string url_with_query(const Request& request);

// "https://host:port" of a URL, in lower case and without a default port, or "" when it has none.
std::string origin_of(std::string_view url);

// "GET https://host/path": how errors and logs name a request. Never the query, the fragment or
// the user part of the URL, for secrets live there.
std::string place_of(std::string_view method, std::string_view url);
std::string place_of(const Request& request);

}  // namespace tendril

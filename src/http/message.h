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
  bool follow_redirects = true;  // At most 10, never from https to http; credentials stay at the host.
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;  // Decoded from gzip, br or zstd. capacity() leaves 64 spare bytes, for parsers.
  std::string url;   // Of the last hop.
  std::chrono::microseconds elapsed{0};

  // The vendor's id of this exchange (X-Request-Id and its many spellings), or "".
  std::string request_id() const;
};

// Returns url with query appended ("?a=b&c=d" or "&a=b&c=d"), encoded.
std::string url_with_query(const Request& request);

// "https://host:port" of a URL, in lower case, or "" when it has none.
std::string origin_of(std::string_view url);

}  // namespace tendril

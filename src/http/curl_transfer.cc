#include "http/curl_transfer.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <exception>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>

namespace tendril {
namespace {

static_assert(CURL_ERROR_SIZE <= 256);

constexpr std::size_t kWindowBytes = std::size_t{1024} * 1024;  // Of a stream, unread.
constexpr std::size_t kReserveBytesMax = std::size_t{64} * 1024 * 1024;
constexpr std::size_t kCompressionRatio = 4;  // A guess; growth does the rest.
std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) {
    text.remove_prefix(1);
  }
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) {
    text.remove_suffix(1);
  }
  return text;
}

// "HTTP/1.1 200 OK" → 200; 0 when there is no number.
int status_of(std::string_view line) {
  int status = 0;
  const std::string_view rest = line.substr(std::min(line.find(' '), line.size()));
  const std::string_view digits = trimmed(rest);
  std::from_chars(digits.data(), digits.data() + digits.size(), status);
  return status;
}

// libcurl's words, in our spelling: "Could not resolve host: x" → "could not resolve host: x".
std::string worded(std::string_view text) {
  std::string words(trimmed(text));
  while (words.ends_with('.')) {
    words.pop_back();
  }
  if (words.size() > 1 && std::islower(static_cast<unsigned char>(words[1])) != 0) {
    words[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(words[0])));
  }
  return words;
}

ErrorCode code_of(CURLcode code) {
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_SSL_CACERT_BADFILE: return ErrorCode::InvalidConfig;
    case CURLE_OUT_OF_MEMORY: return ErrorCode::System;
    default: return ErrorCode::Unavailable;
  }
}

}  // namespace

Transfer::Transfer(const Hop& hop, TransferOptions options)
    : hop_(hop), options_(std::move(options)), origin_(origin_of(options_.wire_url)) {}

bool Transfer::is_done() {
  const std::lock_guard lock(mutex_);
  return done_;
}

bool Transfer::wait(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  return changed_.wait(lock, std::move(stop), [this] { return done_; });
}

Transfer::Progress Transfer::next_piece(std::string& piece, bool& starved, std::stop_token stop) {
  piece.clear();
  std::unique_lock lock(mutex_);
  if (!changed_.wait(lock, std::move(stop), [this] { return done_ || !pieces_.empty(); })) {
    return Progress::Stopped;
  }
  starved = std::exchange(starved_, false);
  std::swap(piece, pieces_);
  return piece.empty() ? Progress::Done : Progress::Piece;
}

Response Transfer::head() {
  const std::lock_guard lock(mutex_);
  return head_;
}

Result<Response> Transfer::take_result() {
  const std::lock_guard lock(mutex_);
  CHECK(done_);
  if (error_) {
    return *std::move(error_);
  }
  return std::move(response_);
}

void Transfer::complete(int curl_code) {
  if (refused_) {
    finish(std::move(refused_));
    return;
  }
  if (curl_code != CURLE_OK) {
    finish(failure(curl_code));
    return;
  }
  response_.body.reserve(response_.body.size() + kBodySpareBytes);
  finish(std::nullopt);
}

void Transfer::finish(std::optional<Error> error) {
  const std::lock_guard lock(mutex_);
  error_ = std::move(error);
  done_ = true;
  changed_.notify_all();  // Under the lock: afterwards the transfer may be gone.
}

Error Transfer::failure(int curl_code) const {
  const auto code = static_cast<CURLcode>(curl_code);
  const std::string_view detail(error_text_.data());
  return Error{
      code_of(code),
      place() + ": " + worded(detail.empty() ? std::string_view(curl_easy_strerror(code)) : detail),
      std::nullopt, response_.request_id()};
}

std::size_t Transfer::refuse(Error error) {
  refused_ = std::move(error);
  refused_->request_id = response_.request_id();
  return 0;
}

Transfer::Time Transfer::due() const {
  if (!connected_ || paused_) {
    return options_.deadline;
  }
  return std::min(options_.deadline, last_byte_at_ + options_.timeouts.read);
}

std::optional<Error> Transfer::overdue(Time now) const {
  if (now < due()) {
    return std::nullopt;
  }
  const std::string reason =
      now >= options_.deadline
          ? fmt::format("not finished within {} ms", options_.timeouts.total.count())
          : fmt::format("no byte for {} ms", options_.timeouts.read.count());
  return Error{ErrorCode::Unavailable, place() + ": " + reason, std::nullopt,
               response_.request_id()};
}

void Transfer::announce() {
  if (std::exchange(unannounced_, false)) {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  }
}

void Transfer::resume() {
  paused_ = false;
  last_byte_at_ = std::chrono::steady_clock::now();
}

void Transfer::connected() {
  connected_ = true;
  last_byte_at_ = std::chrono::steady_clock::now();
}

void Transfer::saw_bytes(std::int64_t total) {
  if (total != bytes_seen_) {
    bytes_seen_ = total;
    last_byte_at_ = std::chrono::steady_clock::now();
  }
}

bool Transfer::take_header(std::string_view line) try {
  last_byte_at_ = std::chrono::steady_clock::now();
  if (line.starts_with("HTTP/")) {  // The first line, again after each 1xx.
    response_.headers = Headers();
    response_.status = status_of(line);
    headers_ended_ = false;
    return true;
  }
  const std::string_view field = trimmed(line);
  if (field.empty()) {
    if (!std::exchange(headers_ended_, true)) {
      end_of_headers();
    }
    return !refused_;
  }
  const std::size_t colon = field.find(':');
  if (colon != std::string_view::npos) {
    response_.headers.add(std::string(trimmed(field.substr(0, colon))),
                          std::string(trimmed(field.substr(colon + 1))));
  }
  return true;
} catch (const std::exception&) {
  refuse(Error{ErrorCode::System, "out of memory"});
  return false;
}

void Transfer::end_of_headers() {
  if (response_.status < 200) {
    return;
  }
  discard_body_ = options_.follow_redirects && is_redirect(response_);
  if (discard_body_ || options_.streaming || hop_.method == "HEAD") {
    return;
  }
  std::size_t expected = 0;
  if (const auto length = response_.headers.find("Content-Length")) {
    std::from_chars(length->data(), length->data() + length->size(), expected);
  }
  if (response_.headers.find("Content-Encoding")) {
    expected = std::min(expected, kReserveBytesMax) * kCompressionRatio;
  }
  response_.body.reserve(std::min({expected, kReserveBytesMax, options_.body_bytes_max}) +
                         kBodySpareBytes);
}

std::size_t Transfer::take_body(std::string_view bytes) try {
  if (discard_body_) {
    return bytes.size();
  }
  if (bytes.size() > options_.body_bytes_max - body_bytes_) {
    return refuse(Error{ErrorCode::BadData, fmt::format("{}: body is larger than {} bytes", place(),
                                                        options_.body_bytes_max)});
  }
  const std::size_t taken = options_.streaming ? hand_over(bytes) : collect(bytes);
  body_bytes_ += taken == kPause ? 0 : taken;
  return taken;
} catch (const std::exception&) {
  return refuse(Error{ErrorCode::System, "out of memory"});
}

std::size_t Transfer::collect(std::string_view bytes) {
  std::string& body = response_.body;
  const std::size_t needed = body.size() + bytes.size() + kBodySpareBytes;
  if (needed > body.capacity()) {
    body.reserve(std::max(needed, body.capacity() * 2));
  }
  body.append(bytes);
  return bytes.size();
}

std::size_t Transfer::hand_over(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (pieces_.size() >= kWindowBytes) {
    starved_ = true;
    paused_ = true;
    return kPause;
  }
  if (body_bytes_ == 0) {
    head_.status = response_.status;
    head_.headers = response_.headers;
    head_.url = hop_.url;
  }
  pieces_.append(bytes);
  unannounced_ = true;
  return bytes.size();
}

}  // namespace tendril

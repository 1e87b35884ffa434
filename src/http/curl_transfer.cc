#include "http/curl_transfer.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <exception>
#include <utility>
#include <vector>

#include <curl/curl.h>
#include <fmt/format.h>

namespace tendril {
namespace {

static_assert(CURL_ERROR_SIZE <= 256);

constexpr std::size_t kWindowBytes = std::size_t{1024} * 1024;  // Of a stream, unread.
constexpr std::size_t kReserveBytesMax = std::size_t{64} * 1024 * 1024;
constexpr std::size_t kCompressionRatio = 4;  // A guess; growth does the rest.
constexpr long kReceiveBufferBytes = 512L * 1024;
// Smaller for streams: what libcurl has decoded of one buffer when it is paused, it keeps.
constexpr long kStreamBufferBytes = 64L * 1024;
constexpr std::chrono::milliseconds kTimeoutMax{1'000'000'000};

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* transfer) {
  const std::string_view line(data, size * count);
  return static_cast<Transfer*>(transfer)->take_header(line) ? line.size() : 0;
}

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* transfer) {
  const std::size_t taken = static_cast<Transfer*>(transfer)->take_body({data, size * count});
  return taken == Transfer::kPause ? std::size_t{CURL_WRITEFUNC_PAUSE} : taken;
}

int on_connected(void* transfer, char*, char*, int, int) {
  static_cast<Transfer*>(transfer)->connected();
  return CURL_PREREQFUNC_OK;
}

int on_progress(void* transfer, curl_off_t, curl_off_t down, curl_off_t, curl_off_t up) {
  static_cast<Transfer*>(transfer)->saw_bytes(down + up);
  return 0;
}

bool is_loopback(std::string_view origin) {
  const std::string_view host = origin.substr(std::min(origin.find("://") + 3, origin.size()));
  return host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
}

bool has_control_bytes(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool is_method(std::string_view method) {
  return !method.empty() && std::all_of(method.begin(), method.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
  });
}

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

long milliseconds_of(std::chrono::milliseconds duration) {
  return static_cast<long>(std::clamp(duration, std::chrono::milliseconds(1), kTimeoutMax).count());
}

// Sets options one after the other and remembers the first that failed.
class OptionSetter {
 public:
  explicit OptionSetter(CURL* easy) : easy_(easy) {}

  template <class T>
  OptionSetter& set(CURLoption option, T value) {
    if (code_ == CURLE_OK) {
      code_ = curl_easy_setopt(easy_, option, value);
      failed_ = option;
    }
    return *this;
  }

  Status status() const {
    if (code_ == CURLE_OK) {
      return {};
    }
    return Error{code_ == CURLE_URL_MALFORMAT ? ErrorCode::InvalidConfig : ErrorCode::Internal,
                 fmt::format("libcurl refuses option {}: {}", static_cast<int>(failed_),
                             worded(curl_easy_strerror(code_)))};
  }

 private:
  CURL* easy_;
  CURLcode code_ = CURLE_OK;
  CURLoption failed_ = CURLOPT_URL;
};

void set_connection(OptionSetter& options, const TransportOptions& transport,
                    std::string_view wire_origin) {
  options.set(CURLOPT_PROTOCOLS_STR, "http,https")
      .set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS))
      // Over TLS one handshake tells whether one connection can serve all; elsewhere that would
      // make all wait for the first answer.
      .set(CURLOPT_PIPEWAIT, wire_origin.starts_with("https://") ? 1L : 0L)
      .set(CURLOPT_SSL_VERIFYPEER, 1L)
      .set(CURLOPT_SSL_VERIFYHOST, 2L)
      .set(CURLOPT_NOSIGNAL, 1L)
      .set(CURLOPT_QUICK_EXIT, 1L)  // Ending a transfer never waits for a name server.
      .set(CURLOPT_TCP_KEEPALIVE, 1L)
      .set(CURLOPT_FOLLOWLOCATION, 0L)  // redirect.h does it, and keeps credentials at home.
      .set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L)
      .set(CURLOPT_ACCEPT_ENCODING, "");
  if (!transport.ca_bundle.empty()) {
    options.set(CURLOPT_CAINFO, transport.ca_bundle.c_str());
  }
  if (!transport.proxy.empty()) {
    options.set(CURLOPT_PROXY, transport.proxy.c_str());
  } else if (is_loopback(wire_origin)) {
    options.set(CURLOPT_PROXY, "");  // A proxy of the environment has another loopback.
  }
}

void set_method(OptionSetter& options, const Hop& hop) {
  if (hop.method == "HEAD") {
    options.set(CURLOPT_NOBODY, 1L);
    return;
  }
  const bool usually_has_body =
      hop.method == "POST" || hop.method == "PUT" || hop.method == "PATCH";
  if (!hop.body.empty() || usually_has_body) {
    options.set(CURLOPT_POST, 1L)
        .set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(hop.body.size()))
        .set(CURLOPT_POSTFIELDS, hop.body.empty() ? "" : hop.body.data());
  }
  if (hop.method != "GET" || !hop.body.empty()) {
    options.set(CURLOPT_CUSTOMREQUEST, hop.method.c_str());
  }
}

}  // namespace

Transfer::Transfer(const Hop& hop, const TransportOptions& transport, TransferOptions options)
    : hop_(hop),
      transport_(transport),
      options_(std::move(options)),
      origin_(origin_of(options_.wire_url)),
      header_list_(nullptr,
                   [](void* list) { curl_slist_free_all(static_cast<curl_slist*>(list)); }) {}

Transfer::~Transfer() = default;

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

Result<Response> Transfer::take_result() {
  const std::lock_guard lock(mutex_);
  CHECK(done_);
  if (error_) {
    return *std::move(error_);
  }
  return std::move(response_);
}

Status Transfer::attach(CurlEasy* easy) {
  if (!is_method(hop_.method)) {
    return Error{ErrorCode::InvalidConfig, "request method is malformed"};
  }
  if (!origin_.starts_with("http://") && !origin_.starts_with("https://")) {
    return Error{ErrorCode::InvalidConfig, place() + ": not an http url"};
  }
  OptionSetter options(easy);
  set_connection(options, transport_, origin_);
  set_method(options, hop_);
  options.set(CURLOPT_URL, options_.wire_url.c_str())
      .set(CURLOPT_PRIVATE, static_cast<void*>(this))
      .set(CURLOPT_ERRORBUFFER, error_text_.data())
      .set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds_of(options_.timeouts.connect))
      .set(CURLOPT_HEADERFUNCTION, &on_header)
      .set(CURLOPT_HEADERDATA, static_cast<void*>(this))
      .set(CURLOPT_WRITEFUNCTION, &on_body)
      .set(CURLOPT_WRITEDATA, static_cast<void*>(this))
      .set(CURLOPT_PREREQFUNCTION, &on_connected)
      .set(CURLOPT_PREREQDATA, static_cast<void*>(this))
      .set(CURLOPT_XFERINFOFUNCTION, &on_progress)
      .set(CURLOPT_XFERINFODATA, static_cast<void*>(this))
      .set(CURLOPT_NOPROGRESS, 0L)
      .set(CURLOPT_BUFFERSIZE, options_.streaming ? kStreamBufferBytes : kReceiveBufferBytes)
      .set(CURLOPT_FRESH_CONNECT, options_.safe_to_resend ? 0L : 1L);
  TRY(options.status());
  return set_headers(easy);
}

Status Transfer::set_headers(CurlEasy* easy) {
  std::vector<std::string> lines = {"Expect:"};
  if (!hop_.headers.find("Content-Type")) {
    lines.emplace_back("Content-Type:");  // libcurl would call every body a form.
  }
  if (!hop_.headers.find("User-Agent")) {
    lines.push_back("User-Agent: " + transport_.user_agent);
  }
  for (const auto& [name, value] : hop_.headers.fields()) {
    if (name.empty() || name.find(':') != std::string::npos || has_control_bytes(name) ||
        has_control_bytes(value)) {
      return Error{ErrorCode::InvalidConfig, place() + ": header name or value is malformed"};
    }
    lines.push_back(value.empty() ? name + ";" : name + ": " + value);
  }
  for (const std::string& line : lines) {
    auto* const extended =
        curl_slist_append(static_cast<curl_slist*>(header_list_.get()), line.c_str());
    if (extended == nullptr) {
      return Error{ErrorCode::System, "out of memory"};
    }
    (void)header_list_.release();
    header_list_.reset(extended);
  }
  return OptionSetter(easy).set(CURLOPT_HTTPHEADER, header_list_.get()).status();
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
  pieces_.append(bytes);
  changed_.notify_all();
  return bytes.size();
}

}  // namespace tendril

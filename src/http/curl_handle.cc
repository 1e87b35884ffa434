#include "http/curl_handle.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <curl/curl.h>
#include <fmt/format.h>

#include "http/curl_transfer.h"

namespace tendril {
namespace {

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
  std::string_view host = origin.substr(std::min(origin.find("://") + 3, origin.size()));
  if (host.starts_with("[::1]")) {
    return true;
  }
  host = host.substr(0, host.find(':'));
  return host == "localhost" || (host.starts_with("127.") &&
                                 host.find_first_not_of("0123456789.") == std::string_view::npos);
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
                             curl_easy_strerror(code_))};
  }

 private:
  CURL* easy_;
  CURLcode code_ = CURLE_OK;
  CURLoption failed_ = CURLOPT_URL;
};

void set_method(OptionSetter& options, const Hop& hop) {
  options
      .set(CURLOPT_HTTPGET, 1L)  // Undoes what the transfer before has set.
      .set(CURLOPT_CUSTOMREQUEST, static_cast<const char*>(nullptr));
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

CurlHandle::CurlHandle(bool proxy_is_set, CurlEasy* easy)
    : proxy_is_set_(proxy_is_set),
      headers_(nullptr, [](void* list) { curl_slist_free_all(static_cast<curl_slist*>(list)); }),
      easy_(easy, [](CurlEasy* handle) { curl_easy_cleanup(handle); }) {}

Result<std::unique_ptr<CurlHandle>> CurlHandle::make(const TransportOptions& transport,
                                                     bool streaming) {
  CURL* const easy = curl_easy_init();
  if (easy == nullptr) {
    return Error{ErrorCode::System, "out of memory"};
  }
  std::unique_ptr<CurlHandle> handle(new CurlHandle(!transport.proxy.empty(), easy));
  OptionSetter options(easy);
  options.set(CURLOPT_PROTOCOLS_STR, "http,https")
      .set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS))
      .set(CURLOPT_SSL_VERIFYPEER, 1L)
      .set(CURLOPT_SSL_VERIFYHOST, 2L)
      .set(CURLOPT_NOSIGNAL, 1L)
      .set(CURLOPT_QUICK_EXIT, 1L)  // Ending a transfer never waits for a name server.
      .set(CURLOPT_TCP_KEEPALIVE, 1L)
      .set(CURLOPT_FOLLOWLOCATION, 0L)  // redirect.h does it, and keeps credentials at home.
      .set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L)
      .set(CURLOPT_ACCEPT_ENCODING, "")
      .set(CURLOPT_USERAGENT, transport.user_agent.c_str())
      .set(CURLOPT_BUFFERSIZE, streaming ? kStreamBufferBytes : kReceiveBufferBytes)
      .set(CURLOPT_HEADERFUNCTION, &on_header)
      .set(CURLOPT_WRITEFUNCTION, &on_body)
      .set(CURLOPT_PREREQFUNCTION, &on_connected)
      .set(CURLOPT_XFERINFOFUNCTION, &on_progress)
      .set(CURLOPT_NOPROGRESS, 0L);
  if (!transport.ca_bundle.empty()) {
    options.set(CURLOPT_CAINFO, transport.ca_bundle.c_str());
  }
  if (!transport.proxy.empty()) {
    options.set(CURLOPT_PROXY, transport.proxy.c_str());
  }
  TRY(options.status());
  return handle;
}

Status CurlHandle::aim(Transfer& transfer) {
  const Hop& hop = transfer.hop();
  const std::string& origin = transfer.origin();
  if (!is_method(hop.method)) {
    return Error{ErrorCode::InvalidConfig, "request method is malformed"};
  }
  if (!origin.starts_with("http://") && !origin.starts_with("https://")) {
    return Error{ErrorCode::InvalidConfig, transfer.place() + ": not an http url"};
  }
  OptionSetter options(easy_.get());
  set_method(options, hop);
  options.set(CURLOPT_URL, transfer.options().wire_url.c_str())
      .set(CURLOPT_PRIVATE, static_cast<void*>(&transfer))
      .set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer))
      .set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer))
      .set(CURLOPT_PREREQDATA, static_cast<void*>(&transfer))
      .set(CURLOPT_XFERINFODATA, static_cast<void*>(&transfer))
      .set(CURLOPT_ERRORBUFFER, transfer.error_text())
      .set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds_of(transfer.options().timeouts.connect))
      .set(CURLOPT_FRESH_CONNECT, transfer.options().safe_to_resend ? 0L : 1L)
      // Over TLS one handshake tells whether one connection can serve all; elsewhere that would
      // make all wait for the first answer.
      .set(CURLOPT_PIPEWAIT, origin.starts_with("https://") ? 1L : 0L);
  if (!proxy_is_set_) {  // A proxy of the environment has another loopback.
    options.set(CURLOPT_PROXY, is_loopback(origin) ? "" : static_cast<const char*>(nullptr));
  }
  TRY(options.status());
  return set_headers(transfer);
}

Status CurlHandle::set_headers(const Transfer& transfer) {
  const Headers& headers = transfer.hop().headers;
  std::vector<std::string> lines = {"Expect:"};
  if (!headers.find("Content-Type")) {
    lines.emplace_back("Content-Type:");  // libcurl would call every body a form.
  }
  for (const auto& [name, value] : headers.fields()) {
    if (name.empty() || name.find(':') != std::string::npos || has_control_bytes(name) ||
        has_control_bytes(value)) {
      return Error{ErrorCode::InvalidConfig,
                   transfer.place() + ": header name or value is malformed"};
    }
    lines.push_back(value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
  }
  headers_.reset();
  for (const std::string& line : lines) {
    auto* const extended =
        curl_slist_append(static_cast<curl_slist*>(headers_.get()), line.c_str());
    if (extended == nullptr) {
      return Error{ErrorCode::System, "out of memory"};
    }
    (void)headers_.release();
    headers_.reset(extended);
  }
  return OptionSetter(easy_.get()).set(CURLOPT_HTTPHEADER, headers_.get()).status();
}

void CurlHandle::release() {
  for (const CURLoption option :
       {CURLOPT_PRIVATE, CURLOPT_HEADERDATA, CURLOPT_WRITEDATA, CURLOPT_PREREQDATA,
        CURLOPT_XFERINFODATA, CURLOPT_ERRORBUFFER, CURLOPT_HTTPHEADER, CURLOPT_POSTFIELDS}) {
    curl_easy_setopt(easy_.get(), option, nullptr);
  }
  headers_.reset();
}

}  // namespace tendril

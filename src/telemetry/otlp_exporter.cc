#include "telemetry/otlp_exporter.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "core/encoding.h"
#include "http/excerpt.h"
#include "telemetry/otlp_json.h"

namespace tendril {
namespace {

constexpr std::size_t kBatchSpans = 512;
constexpr std::chrono::milliseconds kBatchWait{2'000};
constexpr std::chrono::milliseconds kEndWait{5'000};
constexpr Timeouts kTimeouts{.connect = std::chrono::milliseconds(2'000),
                             .read = std::chrono::milliseconds(5'000),
                             .total = std::chrono::milliseconds(5'000)};

}  // namespace

OtlpExporter::OtlpExporter(OtlpOptions options, const OtlpParts& parts)
    : options_(std::move(options)), parts_(parts) {
  thread_ = std::jthread([this](std::stop_token stop) {
    try {
      work(std::move(stop));
    } catch (const std::exception& error) {
      warn(error.what());
    }
    const std::lock_guard lock(mutex_);
    is_over_ = true;
    idle_.notify_all();
  });
}

OtlpExporter::~OtlpExporter() {
  {
    std::unique_lock lock(mutex_);
    is_ending_ = true;
    changed_.notify_all();
    idle_.wait_for(lock, kEndWait, [this] { return is_over_; });
  }
  thread_.request_stop();
}

void OtlpExporter::add(Span span) {
  const std::lock_guard lock(mutex_);
  if (is_over_ || queue_.size() >= options_.queue_spans_max) {
    ++dropped_;
    return;
  }
  queue_.push_back(std::move(span));
  if (queue_.size() == kBatchSpans) {
    changed_.notify_all();
  }
}

std::int64_t OtlpExporter::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

void OtlpExporter::work(std::stop_token stop) {
  for (;;) {
    const std::vector<Span> batch = next_batch(stop);
    if (batch.empty()) {
      return;
    }
    if (!send(batch, stop)) {
      const std::lock_guard lock(mutex_);
      dropped_ += static_cast<std::int64_t>(batch.size());
    }
  }
}

// Returns nothing at the end.
std::vector<Span> OtlpExporter::next_batch(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (queue_.empty() || (!is_ending_ && queue_.size() < kBatchSpans)) {
    if (is_ending_ || stop.stop_requested()) {
      return {};
    }
    const bool is_woken = changed_.wait_for(
        lock, stop, kBatchWait, [this] { return is_ending_ || queue_.size() >= kBatchSpans; });
    if (!is_woken && !queue_.empty()) {
      break;
    }
  }
  std::vector<Span> batch;
  while (!queue_.empty() && batch.size() < kBatchSpans) {
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return batch;
}

bool OtlpExporter::send(const std::vector<Span>& batch, std::stop_token stop) {
  Request request{.method = "POST",
                  .url = options_.url,
                  .headers = options_.headers,
                  .body = parts_.redactor.redact(otlp_json(batch, options_.service_version)),
                  .timeouts = kTimeouts,
                  .body_bytes_max = std::size_t{1} << 20U,
                  .follow_redirects = false,
                  .safe_to_retry = false};
  request.headers.set("Content-Type", "application/json");
  const Result<Response> response = parts_.transport.send(request, std::move(stop));
  if (!response.ok()) {
    warn(response.error().message);
    return false;
  }
  if (response->status < 200 || response->status > 299) {
    warn("status " + std::to_string(response->status) + ": " + excerpt(response->body));
    return false;
  }
  return true;
}

void OtlpExporter::warn(const std::string& error) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(has_warned_, true)) {
      return;
    }
  }
  parts_.log.warning("traces can not be sent",
                     {{"collector", origin_of(options_.url)}, {"error", error}});
}

std::string otlp_traces_url(std::string endpoint) {
  constexpr std::string_view kPath = "/v1/traces";
  while (endpoint.ends_with('/')) {
    endpoint.pop_back();
  }
  return endpoint.ends_with(kPath) ? endpoint : endpoint.append(kPath);
}

Headers otlp_headers(std::string_view text) {
  Headers headers;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      continue;
    }
    const std::size_t name_start = std::min(pair.find_first_not_of(' '), equals);
    headers.add(std::string(pair.substr(name_start, equals - name_start)),
                url_decode(pair.substr(equals + 1)));
  }
  return headers;
}

}  // namespace tendril

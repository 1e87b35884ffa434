#include "cli/progress_reporter.h"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cli/progress_view.h"

namespace tendril {
namespace {

constexpr std::chrono::milliseconds kRedrawInterval{100};
constexpr std::chrono::milliseconds kLogInterval{5'000};

// The user's locale names UTF-8, by the first of these variables that is set.
// Source: POSIX.1-2017, section 8.2.
bool terminal_shows_unicode() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): it is never changed.
    if (value != nullptr && *value != '\0') {
      const std::string_view locale(value);
      return locale.find("UTF-8") != std::string_view::npos ||
             locale.find("utf8") != std::string_view::npos;
    }
  }
  return false;
}

}  // namespace

ProgressReporter::ProgressReporter(const SyncProgress& progress, ProgressTargets targets, bool bars)
    : progress_(progress), targets_(targets) {
  thread_ = std::jthread([this, bars](const std::stop_token& stop) {
    if (bars) {
      draw_bars(stop);
    } else {
      log_lines(stop);
    }
  });
}

void ProgressReporter::draw_bars(const std::stop_token& stop) {
  ProgressView view(terminal_shows_unicode());
  while (targets_.clock.sleep(kRedrawInterval, stop)) {
    const auto streams = progress_.snapshot();
    if (!streams.empty()) {
      targets_.screen.show_live(
          view.lines(streams, targets_.clock.monotonic(), targets_.screen.size()));
    }
  }
  targets_.screen.show_live({});
}

void ProgressReporter::log_lines(const std::stop_token& stop) {
  while (targets_.clock.sleep(kLogInterval, stop)) {
    std::string reading;
    StreamProgress sum;
    std::int64_t ended = 0;
    const auto streams = progress_.snapshot();
    for (const StreamProgress& stream : streams) {
      const bool is_reading = stream.phase == StreamProgress::Phase::Reading;
      const bool is_waiting = stream.phase == StreamProgress::Phase::Waiting;
      reading += !is_reading ? "" : (reading.empty() ? "" : ",") + stream.stream;
      ended += is_reading || is_waiting ? 0 : 1;
      sum.rows_read += stream.rows_read;
      sum.rows_committed += stream.rows_committed;
      sum.bytes_read += stream.bytes_read;
    }
    targets_.log.info("sync is under way", {{"streams", streams.size()},
                                            {"streams_ended", ended},
                                            {"rows_read", sum.rows_read},
                                            {"rows_committed", sum.rows_committed},
                                            {"bytes_read", sum.bytes_read},
                                            {"reading", reading}});
  }
}

}  // namespace tendril

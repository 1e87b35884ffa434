#include "cli/progress_view.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "cli/amounts.h"
#include "cli/text_table.h"

namespace tendril {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

constexpr std::size_t kBarWidth = 20;
constexpr std::size_t kNameWidthMax = 28;
constexpr milliseconds kRateWindow{5'000};
constexpr std::array<std::string_view, 10> kSpinner = {"⠋", "⠙", "⠹", "⠸", "⠼",
                                                       "⠴", "⠦", "⠧", "⠇", "⠏"};
constexpr std::array<std::string_view, 4> kAsciiSpinner = {"|", "/", "-", "\\"};

using Phase = StreamProgress::Phase;

// Those that change come first, then those that ended badly.
int rank(Phase phase) {
  switch (phase) {
    case Phase::Reading: return 0;
    case Phase::Failed: return 1;
    case Phase::Stopped: return 2;
    case Phase::Done: return 3;
    case Phase::Waiting: return 4;
  }
  return 5;
}

bool fraction_is_known(const StreamProgress& stream) {
  return stream.all_slices_planned && stream.slices_planned > 1;
}

double fraction_done(const StreamProgress& stream) {
  return static_cast<double>(stream.slices_done) /
         static_cast<double>(std::max<std::int64_t>(1, stream.slices_planned));
}

}  // namespace

std::optional<milliseconds> time_left(const StreamProgress& stream, milliseconds elapsed) {
  if (stream.phase != Phase::Reading || !fraction_is_known(stream) || stream.slices_done == 0) {
    return std::nullopt;
  }
  const double done = fraction_done(stream);
  return milliseconds(std::llround(static_cast<double>(elapsed.count()) * (1 - done) / done));
}

std::vector<std::string> ProgressView::lines(const std::vector<StreamProgress>& streams,
                                             Clock::Monotonic now, ScreenSize size) {
  ++frame_;
  first_look_ = first_look_.value_or(now);
  std::size_t name_width = std::string_view("total").size();
  std::vector<const StreamProgress*> shown;
  for (const StreamProgress& stream : streams) {
    observe(stream, now);
    name_width = std::max(name_width, std::min(kNameWidthMax, display_width(stream.stream)));
    shown.push_back(&stream);
  }
  // The total, what is left out, and the line of the cursor need room too.
  const std::size_t room = size.rows > 4 ? size.rows - 3 : 1;
  std::vector<std::string> lines;
  std::size_t left_out = 0;
  if (shown.size() > room) {
    std::stable_sort(shown.begin(), shown.end(),
                     [](const auto* a, const auto* b) { return rank(a->phase) < rank(b->phase); });
    left_out = shown.size() - room;
    shown.resize(room);
  }
  for (const StreamProgress* stream : shown) {
    lines.push_back(line_of(*stream, tracks_.at(stream->stream), name_width));
  }
  if (left_out > 0) {
    lines.push_back(fmt::format("  and {} more", left_out));
  }
  lines.push_back(total_line(streams, now, name_width));
  return lines;
}

const ProgressView::Track& ProgressView::observe(const StreamProgress& stream,
                                                 Clock::Monotonic now) {
  const auto [found, is_new] = tracks_.try_emplace(stream.stream, Track{now, now, {}});
  Track& track = found->second;
  if (stream.phase == Phase::Waiting) {
    track.started = now;
  }
  if (stream.phase == Phase::Waiting || stream.phase == Phase::Reading || is_new) {
    track.ended = now;
    track.samples.push_back({now, stream.rows_read});
  }
  while (track.samples.size() > 2 && now - track.samples[1].time >= kRateWindow) {
    track.samples.pop_front();
  }
  return track;
}

std::string ProgressView::bar_of(double fraction) const {
  const auto filled =
      static_cast<std::size_t>(std::clamp(fraction, 0.0, 1.0) * static_cast<double>(kBarWidth));
  std::string bar;
  for (std::size_t i = 0; i < kBarWidth; ++i) {
    bar += unicode_ ? (i < filled ? "█" : "░") : (i < filled ? "#" : ".");
  }
  return fmt::format("{} {:>3} %", bar, static_cast<int>(std::floor(fraction * 100)));
}

std::string ProgressView::state_of(const StreamProgress& stream) const {
  switch (stream.phase) {
    case Phase::Waiting: return unicode_ ? "· waiting" : ". waiting";
    case Phase::Done: return unicode_ ? "✓ done" : "+ done";
    case Phase::Failed: return unicode_ ? "✗ failed" : "x failed";
    case Phase::Stopped: return unicode_ ? "■ stopped" : "x stopped";
    case Phase::Reading: break;
  }
  if (fraction_is_known(stream)) {
    return bar_of(fraction_done(stream));
  }
  const std::string_view spinner = unicode_ ? kSpinner.at(frame_ % kSpinner.size())
                                            : kAsciiSpinner.at(frame_ % kAsciiSpinner.size());
  return stream.slices_planned > 1 ? fmt::format("{} {} of {} slices or more", spinner,
                                                 stream.slices_done, stream.slices_planned)
                                   : fmt::format("{} reading", spinner);
}

std::string ProgressView::line_of(const StreamProgress& stream, const Track& track,
                                  std::size_t name_width) {
  std::string line = "  ";
  line += padded(display_prefix(stream.stream, name_width), name_width) + "  ";
  line += padded(state_of(stream), kBarWidth + 6);
  if (stream.phase == Phase::Waiting) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
  }
  const auto elapsed = duration_cast<milliseconds>(track.ended - track.started);
  double rate = rate_of(stream.rows_read, elapsed);
  if (stream.phase == Phase::Reading) {
    const Sample& oldest = track.samples.front();
    rate = rate_of(stream.rows_read - oldest.rows,
                   duration_cast<milliseconds>(track.ended - oldest.time));
  }
  line += fmt::format("{:>12} rows {:>8} {:>12}", count_text(stream.rows_read),
                      bytes_text(stream.bytes_read), rate_text(rate));
  if (const auto left = time_left(stream, elapsed)) {
    line += "  " + duration_text(*left) + " left";
  }
  return line;
}

std::string ProgressView::total_line(const std::vector<StreamProgress>& streams,
                                     Clock::Monotonic now, std::size_t name_width) {
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  std::int64_t ended = 0;
  for (const StreamProgress& stream : streams) {
    rows += stream.rows_read;
    bytes += stream.bytes_read;
    ended += stream.phase == Phase::Waiting || stream.phase == Phase::Reading ? 0 : 1;
  }
  const auto elapsed = duration_cast<milliseconds>(now - *first_look_);
  const std::string state =
      fmt::format("{} of {} streams, {}", ended, streams.size(), duration_text(elapsed));
  return "  " + padded("total", name_width) + "  " + padded(state, kBarWidth + 6) +
         fmt::format("{:>12} rows {:>8} {:>12}", count_text(rows), bytes_text(bytes),
                     rate_text(rate_of(rows, elapsed)));
}

}  // namespace tendril

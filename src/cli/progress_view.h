// ProgressView: what the progress of a sync looks like on a terminal, a line for each stream.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/screen.h"
#include "core/clock.h"
#include "sync/progress.h"

namespace tendril {

// Threads: one at a time.
class ProgressView {
 public:
  // `unicode`: the terminal shows more than ASCII.
  explicit ProgressView(bool unicode) : unicode_(unicode) {}

  // Returns the lines that show `streams` at the time `now`, which must not go back: a line for
  // each stream, those under way first where not all fit, and one for the whole.
  std::vector<std::string> lines(const std::vector<StreamProgress>& streams, Clock::Monotonic now,
                                 ScreenSize size);

 private:
  struct Sample {
    Clock::Monotonic time;
    std::int64_t rows;
  };
  // What has been seen of one stream.
  struct Track {
    Clock::Monotonic started;
    Clock::Monotonic ended;  // While it is being read: the last look.
    std::deque<Sample> samples;
  };

  const Track& observe(const StreamProgress& stream, Clock::Monotonic now);
  std::string line_of(const StreamProgress& stream, const Track& track, std::size_t name_width);
  std::string state_of(const StreamProgress& stream) const;
  std::string bar_of(double fraction) const;
  std::string total_line(const std::vector<StreamProgress>& streams, Clock::Monotonic now,
                         std::size_t name_width);

  const bool unicode_;
  std::size_t frame_ = 0;
  std::map<std::string, Track> tracks_;
  std::optional<Clock::Monotonic> first_look_;
};

// The rest of the time that a stream takes, where it is known: slices stand for equal work.
std::optional<std::chrono::milliseconds> time_left(const StreamProgress& stream,
                                                   std::chrono::milliseconds elapsed);

}  // namespace tendril

// RunProfile: where the time of a run went. The connector's main thread is what the run waits for,
// so its parts come one after the other and add up to all of it; what other threads did at the same
// time stands beside.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "data/value.h"

namespace tendril {

struct TimeSpent {
  std::chrono::nanoseconds wall{0};
  std::chrono::nanoseconds cpu{0};

  // Of the calling thread: since some moment, and since it began.
  static TimeSpent so_far();

  TimeSpent& operator+=(const TimeSpent& more);
  friend TimeSpent operator-(const TimeSpent& end, const TimeSpent& start) {
    return {end.wall - start.wall, end.cpu - start.cpu};
  }
};

struct ProfileLine {
  std::string name;
  std::chrono::nanoseconds wall{0};
  std::optional<std::chrono::nanoseconds> cpu = std::nullopt;  // Where it can be told.
};

struct RunProfile {
  std::chrono::nanoseconds total{0};
  std::vector<ProfileLine> parts = {};   // Their wall times add up to `total`.
  std::vector<ProfileLine> beside = {};  // Of other threads, at the same time.
};

// What this process measured. Moments are by the steady clock.
struct RunMoments {
  std::chrono::nanoseconds began{0};
  std::chrono::nanoseconds process_ended{0};
  std::chrono::nanoseconds ended{0};
  TimeSpent reading;     // Rows brought under the rules, and into batches.
  TimeSpent queueing;    // Waits for room in the queue.
  TimeSpent writing;     // Of batches, by the destination.
  TimeSpent committing;  // Of checkpoints and of the end.
  TimeSpent idle;        // The destination had nothing to do.
};

// `told` is what the connector's process measured, see fivetran_connector_sdk._profile; null when
// it ended without telling.
RunProfile profile_of(const RunMoments& moments, const Value& told);

}  // namespace tendril

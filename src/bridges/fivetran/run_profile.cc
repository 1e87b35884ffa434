#include "bridges/fivetran/run_profile.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>
#include <string_view>
#include <utility>

namespace tendril {
namespace {

using std::chrono::nanoseconds;

nanoseconds thread_cpu() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + nanoseconds(now.tv_nsec);
}

// What a process told, which nobody has to believe: zero where it is no number.
nanoseconds number_at(const Value& told, std::string_view name) {
  const Value* const found = told.find(name);
  const std::int64_t* const number = found == nullptr ? nullptr : found->as_int();
  return nanoseconds(number == nullptr ? 0 : *number);
}

const Value& member(const Value& told, std::string_view name) {
  static const Value kNothing;
  const Value* const found = told.find(name);
  return found == nullptr ? kNothing : *found;
}

struct Share {
  std::string_view key;
  std::string_view name;
};

constexpr std::array<Share, 5> kShares{{
    {"network", "network"},
    {"sleep", "sleeping"},
    {"threads", "waiting for its threads"},
    {"encode", "encoding rows"},
    {"send", "waiting for the destination"},
}};

class ProfileLines {
 public:
  ProfileLines(const RunMoments& moments, const Value& told) : moments_(moments), told_(told) {}

  RunProfile take() {
    profile_.total = moments_.ended - moments_.began;
    add_parts();
    nanoseconds sum{0};
    for (const ProfileLine& line : profile_.parts) {
      sum += line.wall;
    }
    profile_.parts.push_back({.name = "other", .wall = profile_.total - sum});
    add_beside();
    return std::move(profile_);
  }

 private:
  // A part from one moment to the next; the moments are those of the process and of this one, by
  // the same clock. One that did not come is passed over.
  void part(std::string name, std::string_view until, std::string_view cpu) {
    const nanoseconds end = number_at(told_, until);
    if (end < last_ || end > moments_.process_ended) {
      return;
    }
    profile_.parts.push_back({.name = std::move(name), .wall = end - last_});
    if (!cpu.empty()) {
      profile_.parts.back().cpu = number_at(member(told_, "cpu"), cpu);
    }
    last_ = end;
  }

  void add_parts() {
    last_ = moments_.began;
    part("starting the process", "started", "");
    part("loading the connector", "loaded", "load");
    part("schema()", "declared", "schema");
    part("making the tables", "go", "");
    if (last_ == number_at(told_, "go") && last_ != moments_.began) {
      add_update();
    }
    // A process that tells nothing is one part as a whole.
    profile_.parts.push_back(
        {.name = last_ == moments_.began ? "the connector's process" : "ending the process",
         .wall = moments_.process_ended - last_});
    profile_.parts.push_back({.name = "destination, after the connector",
                              .wall = moments_.ended - moments_.process_ended});
  }

  void add_update() {
    const nanoseconds end = number_at(told_, "ended");
    if (end < last_ || end > moments_.process_ended) {
      return;
    }
    ProfileLine own{.name = "the connector's own code",
                    .wall = end - last_,
                    .cpu = number_at(member(told_, "cpu"), "update")};
    std::vector<ProfileLine> lines;
    for (const Share& share : kShares) {
      const Value& spent = member(member(told_, "main"), share.key);
      ProfileLine line{.name = std::string(share.name),
                       .wall = number_at(spent, "wall"),
                       .cpu = number_at(spent, "cpu")};
      if (line.wall > nanoseconds(0)) {
        own.wall -= line.wall;
        own.cpu = std::max(nanoseconds(0), *own.cpu - *line.cpu);
        lines.push_back(std::move(line));
      }
    }
    profile_.parts.push_back(std::move(own));
    profile_.parts.insert(profile_.parts.end(), lines.begin(), lines.end());
    last_ = end;
  }

  void beside(std::string name, const TimeSpent& spent) {
    profile_.beside.push_back({.name = std::move(name), .wall = spent.wall, .cpu = spent.cpu});
  }

  void add_beside() {
    for (const Share& share : kShares) {
      const Value& spent = member(member(told_, "others"), share.key);
      const TimeSpent time{number_at(spent, "wall"), number_at(spent, "cpu")};
      if (time.wall > nanoseconds(0)) {
        beside("connector's other threads: " + std::string(share.name), time);
      }
    }
    beside("reading: rules and batches", moments_.reading);
    beside("reading: waiting for the destination", moments_.queueing);
    beside("destination: writing rows", moments_.writing);
    beside("destination: commits", moments_.committing);
    beside("destination: waiting for rows", moments_.idle);
  }

  const RunMoments& moments_;
  const Value& told_;
  RunProfile profile_;
  nanoseconds last_{0};
};

}  // namespace

TimeSpent TimeSpent::so_far() {
  return {std::chrono::steady_clock::now().time_since_epoch(), thread_cpu()};
}

TimeSpent& TimeSpent::operator+=(const TimeSpent& more) {
  wall += more.wall;
  cpu += more.cpu;
  return *this;
}

RunProfile profile_of(const RunMoments& moments, const Value& told) {
  return ProfileLines(moments, told).take();
}

}  // namespace tendril

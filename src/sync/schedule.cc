#include "sync/schedule.h"

#include <algorithm>
#include <utility>

#include "core/check.h"

namespace tendril {
namespace {

// Slices planned ahead of reading, per stream: enough to keep all threads busy, too few to matter
// for memory.
constexpr std::size_t kSlicesAhead = 16;

}  // namespace

Schedule::Schedule(std::span<const std::unique_ptr<StreamRun>> streams) {
  for (const std::unique_ptr<StreamRun>& stream : streams) {
    lanes_.push_back({.stream = stream.get(), .error = stream->plan.refused});
  }
}

std::optional<ReadingTask> Schedule::next() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (std::optional<ReadingTask> task = pick()) {
      return task;
    }
    if (all_ended()) {
      return std::nullopt;
    }
    changed_.wait(lock);
  }
}

bool Schedule::add_slice(StreamRun& stream, std::shared_ptr<const SliceWork> slice) {
  const std::lock_guard lock(mutex_);
  Lane& lane = lanes_[stream.index];
  lane.waiting.push_back(std::move(slice));
  changed_.notify_one();
  return lane.waiting.size() < kSlicesAhead;
}

void Schedule::all_planned(StreamRun& stream) {
  const std::lock_guard lock(mutex_);
  lanes_[stream.index].all_planned = true;
}

void Schedule::finish(const ReadingTask& task, Status status) {
  StreamRun& stream = *task.stream;
  bool failed = false;
  {
    const std::lock_guard lock(mutex_);
    Lane& lane = lanes_[stream.index];
    switch (task.kind) {
      case ReadingTask::Kind::Open:
        lane.opening = false;
        lane.open = status.ok();
        break;
      case ReadingTask::Kind::Plan: lane.planning = false; break;
      case ReadingTask::Kind::Read:
      case ReadingTask::Kind::End: break;
    }
    --lane.busy;
    CHECK(lane.busy >= 0);
    if (!status.ok() && stream.stop.stop_requested()) {
      lane.interrupted = true;
    } else if (!status.ok() && !lane.error.has_value()) {
      lane.error = std::move(status).error();
      failed = true;
    }
    changed_.notify_all();
  }
  if (failed) {
    stream.stop.request_stop();  // Runs callbacks of the source: not under the lock.
  }
}

void Schedule::stop_all() {
  for (const Lane& lane : lanes_) {  // The lanes and their streams never change, only their state.
    lane.stream->stop.request_stop();
  }
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
}

std::optional<ReadingTask> Schedule::pick() {
  for (Lane& lane : lanes_) {
    if (std::optional<ReadingTask> task = pick_end(lane)) {
      ++lane.busy;
      return task;
    }
  }
  for (Lane& lane : lanes_) {
    if (std::optional<ReadingTask> task = pick_work(lane)) {
      ++lane.busy;
      return task;
    }
  }
  return std::nullopt;
}

std::optional<ReadingTask> Schedule::pick_end(Lane& lane) {
  const bool complete = lane.all_planned && lane.waiting.empty() && !lane.interrupted;
  const bool over = complete || lane.error.has_value() || lane.stream->stop.stop_requested();
  if (lane.ended || lane.busy > 0 || !over) {
    return std::nullopt;
  }
  lane.ended = true;
  event::Ended end;
  if (lane.error.has_value()) {
    end = {.outcome = StreamOutcome::Failed, .error = lane.error};
  } else if (!complete) {
    end.outcome = StreamOutcome::Stopped;
  }
  lane.waiting.clear();
  return ReadingTask{.kind = ReadingTask::Kind::End, .stream = lane.stream, .end = std::move(end)};
}

// A stream holds its own group from its opening to its end, and those of its parents while it is
// planned, for then they are read.
bool Schedule::holds(const Lane& lane, const std::string& group) {
  const StreamInfo& info = lane.stream->plan.info;
  const bool is_read = (lane.open || lane.opening) && !lane.ended;
  const bool is_planned = is_read && (lane.planning || !lane.all_planned);
  return (is_read && info.exclusive_group == group) ||
         (is_planned && std::ranges::count(info.planning_groups, group) > 0);
}

// Another stream holds a group that it needs. It gets all of them at once or none, so no two
// streams wait for each other.
bool Schedule::is_blocked(const Lane& lane) const {
  const StreamInfo& info = lane.stream->plan.info;
  const auto is_held = [&](const std::string& group) {
    return !group.empty() &&
           std::ranges::any_of(lanes_, [&](const Lane& other) { return holds(other, group); });
  };
  return is_held(info.exclusive_group) || std::ranges::any_of(info.planning_groups, is_held);
}

std::optional<ReadingTask> Schedule::pick_work(Lane& lane) {
  if (lane.ended || lane.error.has_value() || lane.stream->stop.stop_requested()) {
    return std::nullopt;
  }
  if (!lane.waiting.empty()) {
    ReadingTask task{.kind = ReadingTask::Kind::Read,
                     .stream = lane.stream,
                     .slice = std::move(lane.waiting.front())};
    lane.waiting.pop_front();
    return task;
  }
  if (lane.open && !lane.all_planned && !lane.planning) {
    lane.planning = true;
    return ReadingTask{.kind = ReadingTask::Kind::Plan, .stream = lane.stream};
  }
  if (!lane.open && !lane.opening && !is_blocked(lane)) {
    lane.opening = true;
    return ReadingTask{.kind = ReadingTask::Kind::Open, .stream = lane.stream};
  }
  return std::nullopt;
}

bool Schedule::all_ended() const {
  return std::ranges::all_of(lanes_, [](const Lane& lane) { return lane.ended; });
}

}  // namespace tendril

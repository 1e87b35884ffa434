// Schedule: tells the reading threads what to do next. Streams start in the order of the catalog;
// a slice of an earlier stream goes before one of a later; nobody waits while anything can be done.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "core/result.h"
#include "sync/stream_run.h"

namespace tendril {

struct ReadingTask {
  enum class Kind {
    Open,  // Open the stream's reader.
    Plan,  // Add slices of the stream, until enough wait or there are no more.
    Read,  // Read `slice`.
    End,   // Tell the writer `end`: nobody works for the stream any more, and nobody will.
  };

  Kind kind = Kind::Open;
  StreamRun* stream = nullptr;
  std::shared_ptr<const SliceWork> slice = nullptr;  // Read only.
  event::Ended end = {};                             // End only.
};

// Calls: next() yields a task; whoever got it calls finish() with it, once (End tasks too).
// Threads: safe to share.
class Schedule {
 public:
  // `streams` must outlive the schedule.
  explicit Schedule(std::span<const std::unique_ptr<StreamRun>> streams);

  // Waits for something to do. Returns nullopt when all streams have been ended.
  std::optional<ReadingTask> next();

  // Both by whoever plans the stream. add_slice() returns false when enough slices wait.
  bool add_slice(StreamRun& stream, std::shared_ptr<const SliceWork> slice);
  void all_planned(StreamRun& stream);

  // An error of a task ends its stream: as stopped after a stop, else as failed.
  void finish(const ReadingTask& task, Status status);

  // Ends the reading of all streams: their tasks are asked to stop, no new ones come but End.
  void stop_all();

 private:
  // Where the reading of one stream stands.
  struct Lane {
    StreamRun* stream = nullptr;
    bool open = false;
    bool opening = false;
    bool planning = false;
    bool all_planned = false;
    bool interrupted = false;  // A task was given up because of a stop.
    bool ended = false;
    int busy = 0;  // Tasks under way.
    std::deque<std::shared_ptr<const SliceWork>> waiting = {};
    std::optional<Error> error = std::nullopt;
  };

  std::optional<ReadingTask> pick();
  std::optional<ReadingTask> pick_end(Lane& lane);
  std::optional<ReadingTask> pick_work(Lane& lane);
  bool is_blocked(const Lane& lane) const;
  static bool holds(const Lane& lane, const std::string& group);
  bool all_ended() const;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Lane> lanes_;  // Guarded by mutex_.
};

}  // namespace tendril

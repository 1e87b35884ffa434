// StreamRun: what the reading threads and the writer share of one stream, and the events by which
// the readers tell the writer, in order, what happened to it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <variant>

#include "connector/source.h"
#include "core/bounded_queue.h"
#include "core/clock.h"
#include "core/error.h"
#include "data/batch.h"
#include "sync/rejections.h"
#include "sync/stream_plan.h"

namespace tendril {

// One stream of a run. Made before the threads start, outlives them.
struct StreamRun {
  // `of_run` must outlive this.
  StreamRun(StreamPlan stream_plan, std::size_t position, RunRejections* of_run = nullptr)
      : plan(std::move(stream_plan)),
        index(position),
        run_rejections(of_run),
        rejections(plan.rules, of_run) {}

  const std::string& name() const { return plan.info.schema.name; }

  const StreamPlan plan;
  const std::size_t index;  // Among the streams of the run.
  RunRejections* const run_rejections;
  std::stop_source stop;  // Ends the reading of this stream.

  // Set by the thread that opens the stream before others learn that it is open; the writer
  // drops the reader at the end of the stream.
  std::unique_ptr<StreamReader> reader;
  Clock::Monotonic started_at{};

  std::int64_t slices_planned = 0;  // For whoever plans.

  std::atomic<std::int64_t> rows_read = 0;    // Those read again after a fault included.
  std::atomic<std::int64_t> rows_queued = 0;  // Handed to the writer.
  Rejections rejections;  // Those read again left out; of a feed: those of its source.
};

// A slice under way. Owned by the thread that reads it and by the events that name it.
struct SliceWork {
  Slice slice;
  SliceState stored = {};  // Where to go on.
};

namespace event {

// The first of a stream.
struct Opened {
  Attempt attempt;
};

// A slice was finished by an earlier run of the load, as its work says.
struct Skipped {};

struct Rows {
  Batch batch;
  // Of the batch, as it was when somebody last had a reason to change it.
  std::uint64_t checksum = 0;
  bool rejected = false;  // The rows of `_tendril_rejected`.
  // Rows of the list at this path of the table `list_of`, which is a table of its own.
  std::string list = {};
  std::string list_of = {};

  // The stream's or the feed's table that they belong to. REQUIRES: they are not rejected.
  const std::string& table() const { return list.empty() ? batch.schema->name : list_of; }
};

// All rows of the slice so far are covered by `state`; the last of a slice when it is done.
struct Covered {
  SliceState state;
};

// The slice is read again from its last Covered on: rows after that are void.
struct Restarted {};

// The last of a stream.
struct Ended {
  StreamOutcome outcome = StreamOutcome::Done;
  std::optional<Error> error = std::nullopt;
};

}  // namespace event

struct Event {
  StreamRun* stream = nullptr;
  std::shared_ptr<const SliceWork> slice = nullptr;  // Null for Opened and Ended.
  std::variant<event::Opened, event::Skipped, event::Rows, event::Covered, event::Restarted,
               event::Ended>
      what;
};

// Many readers, one writer; the events of a slice stay in order.
using EventQueue = BoundedQueue<Event>;

}  // namespace tendril

// Slicer: the slices of one stream in one run: each partition, cut into windows.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <utility>

#include "core/result.h"
#include "data/value.h"
#include "manifest/cursor_state.h"
#include "manifest/declarative_stream.h"
#include "manifest/environment.h"
#include "manifest/stream_slice.h"
#include "manifest/window.h"

namespace tendril {

// What the run starts from; see StreamRequest.
struct SlicerRequest {
  Value state = {};
  Value plan = {};
};

// Which times are of interest in a partition.
struct TimeRange {
  Instant lowest;
  Instant highest;
};

class Slicer {
 public:
  // `stream` must outlive the slicer.
  // Errors: InvalidConfig from templates of dates; BadData for a state that can not be read.
  static Result<std::unique_ptr<Slicer>> open(const DeclarativeStream& stream,
                                              const SlicerRequest& request);

  // The span of time that this run reads, and that of the parents: the same again when the plan is
  // given to the next slicer.
  Value plan() const;

  // Returns nullopt after the last. Partitions that come again are left out.
  // Threads: one at a time, beside calls of time_range().
  Result<std::optional<StreamSlice>> next(std::stop_token stop);

  // Threads: safe to share. nullopt: the stream has no cursor.
  std::optional<TimeRange> time_range(const Map& partition) const;

  // The state after all slices were read; null without a cursor. Call it after the last slice.
  Value state_after(std::span<const SliceOutcome> outcomes) const;

 private:
  explicit Slicer(const DeclarativeStream& stream) : stream_(stream) {}
  Status read_span(const Value& plan);
  Result<bool> next_partition(std::stop_token stop);

  const DeclarativeStream& stream_;
  std::optional<Window> span_;              // Of streams with a cursor.
  std::optional<CursorState> state_;        // Of streams with a cursor.
  std::unique_ptr<Partitions> partitions_;  // Null: the stream has one slice or its windows.
  std::set<std::pair<std::size_t, std::size_t>> seen_;  // Two hashes of each partition.
  std::optional<Partition> partition_;                  // The one under way.
  std::optional<Windows> windows_;                      // What is left of it.
  bool started_ = false;
};

}  // namespace tendril

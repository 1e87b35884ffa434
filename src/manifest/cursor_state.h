// CursorState: how far a stream, or each partition of it, has been read; kept between runs in the
// shapes of the reference, so that states can move between it and this program:
//   {"updated_at": "2024-01-02T03:04:05Z"}
//   {"use_global_cursor": false, "states": [{"partition": {…}, "cursor": {"updated_at": …}}, …],
//    "state": {"updated_at": …}, "lookback_window": 7, "parent_state": {…}}
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "data/instant.h"
#include "data/value.h"
#include "manifest/read_spans.h"
#include "manifest/stream_cursor.h"

namespace tendril {

// What reading a slice found out.
struct SliceOutcome {
  Map partition = {};
  Map window = {};                                    // As StreamCursor::window_view() made it.
  std::optional<Instant> most_recent = std::nullopt;  // Of the records; nullopt without any.
  Value seen = {};  // Of a cursor with an overlap; see BoundarySet::seen().
};

// What a run was about.
struct RunFacts {
  Window span = {};
  Instant started = {};  // No time after it is kept: what changed since is read by the next run.
  Micros took = Micros(0);
  bool has_partitions = false;
  std::vector<Map> new_partitions = {};     // Those without a state, in the order of their slices.
  bool has_too_many_partitions = false;     // For a state of their own; see kPartitionsMax.
  bool has_key = false;                     // Its records have a primary key.
  std::function<void()> on_forgotten = {};  // Some records at the edge are not remembered.
};

// Threads: safe to share.
class CursorState {
 public:
  // A run that meets a partition when it knows of more than so many keeps one state for all.
  static constexpr std::size_t kPartitionsMax = 10'000;

  // `state` may be null. `is_global`: all partitions share one state, unless it says otherwise. The
  // cursor must outlive the result.
  // Errors: BadData when a value in it can not be read.
  static Result<CursorState> parse(const Value& state, const StreamCursor& cursor,
                                   bool is_global = false);

  // What was read of the partition. One that no state names goes on from the state of all, less the
  // time that the last run took: it may have come while that was under way.
  // Errors: BadData when its state can not be read.
  Result<ReadSpans> read_spans(const Map& partition, const Window& span) const;

  bool knows(const Map& partition) const;
  std::size_t known_partitions() const { return states_.size(); }

  // What was left for the parents of the stream, and the state as it came.
  const Value& parent_states() const { return parent_states_; }
  const Value& original() const { return original_; }

  // The state after a run that read all its slices.
  // Errors: BadData when a state can not be read.
  Result<Value> after(std::span<const SliceOutcome> outcomes, const RunFacts& facts) const;

 private:
  struct PartitionState {
    Map partition;
    Value state;
  };

  explicit CursorState(const StreamCursor& cursor) : cursor_(&cursor) {}
  Status parse_partitions(const Value& state);
  Result<Value> partitioned(std::span<const SliceOutcome> outcomes, const RunFacts& facts) const;
  void add(const SliceOutcome& outcome, const RunFacts& facts, ReadSpans& spans) const;
  Status remember(std::span<const SliceOutcome* const> outcomes, const RunFacts& facts,
                  std::size_t& room, ReadSpans& spans) const;
  std::size_t room() const;
  std::optional<Instant> kept(const std::optional<Instant>& time, const RunFacts& facts) const;

  const StreamCursor* cursor_;
  Value original_;
  std::vector<PartitionState> states_;        // In the order in which they came.
  std::map<std::string, std::size_t> index_;  // Of states_, by canonical JSON.
  Value global_;                              // {field: value} for all partitions, or null.
  Micros lookback_ = Micros(0);               // For partitions without a state of their own.
  bool uses_global_ = false;
  Value parent_states_;
};

}  // namespace tendril

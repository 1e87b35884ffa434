// ReadSpans: which spans of a stream, or of one partition of it, have been read: where the next
// windows begin, and what state that makes.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "core/result.h"
#include "data/instant.h"
#include "data/value.h"
#include "manifest/stream_cursor.h"

namespace tendril {

struct ReadSpan {
  Instant start;
  Instant end;
  std::optional<Instant> most_recent = std::nullopt;  // Of the records in it.
};

// Threads: safe to share while it is not changed.
class ReadSpans {
 public:
  // `state` is what state() returned once, {"updated_at": …}; or spans as other runtimes keep
  // them, {"state_type": "date-range", "slices": [{"start": …, "end": …}, …]}; or null. `span` is
  // what the run would read without a state; `lookback` is taken off the state's value.
  // Errors: BadData when a value in it can not be read.
  static Result<ReadSpans> parse(const Value& state, const StreamCursor& cursor, const Window& span,
                                 Micros lookback = Micros(0));

  // What is left to read until `end`.
  std::vector<WindowPlan> unread(const StreamCursor& cursor, Instant end) const;

  // The least value of interest in a record.
  Instant lowest(const StreamCursor& cursor) const;

  void add(const ReadSpan& span) { spans_.push_back(span); }
  // Joins the spans without a gap between them.
  void merge(Micros unit);

  // The greatest value up to which nothing is missing, with whatever else the state held. While a
  // stream is read in reverse, a few windows a run: the spans.
  Value state(const StreamCursor& cursor) const;
  Instant complete_until() const;

  // Nothing was read before, as far as a reading in reverse can tell.
  bool is_new() const { return spans_.empty(); }

  // A part of the past is still to be read.
  bool has_gap() const;
  // Where reading goes on, less an overlap, as exact as the state can say it.
  Instant edge(const StreamCursor& cursor) const;

  // The state's value, where it lies before the start of the run: nothing is read of what is
  // between them.
  std::optional<Instant> left_behind() const { return left_behind_; }

  // Of a cursor with an overlap: the records at the edge; see BoundarySet.
  const Value& known() const { return known_; }
  void set_known(Value known) { known_ = std::move(known); }

 private:
  Status take_over_edge(const Value& state, const StreamCursor& cursor);
  Value spans_state(const StreamCursor& cursor) const;

  Instant start_;
  Instant low_water_;            // Where the last run ended, or start_.
  std::vector<ReadSpan> spans_;  // Empty only before the first run of a reading in reverse.
  Map others_;                   // Members of the state that the cursor does not know.
  std::optional<Instant> left_behind_;
  Value known_;
};

}  // namespace tendril

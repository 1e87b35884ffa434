// ReadSpans: which spans of a stream, or of one partition of it, have been read: where the next
// windows begin, and what state that makes.
#pragma once

#include <optional>
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
  // them, {"state_type": "date-range", "slices": [{"start": …, "end": …}, …]}; or null. `start` is
  // where the run would begin without a state; `lookback` is taken off the state's value.
  // Errors: BadData when a value in it can not be read.
  static Result<ReadSpans> parse(const Value& state, const StreamCursor& cursor, Instant start,
                                 Micros lookback = Micros(0));

  // What is left to read until `end`.
  std::vector<WindowPlan> unread(const StreamCursor& cursor, Instant end) const;

  // The least value of interest in a record.
  Instant lowest(const StreamCursor& cursor) const;

  void add(const ReadSpan& span) { spans_.push_back(span); }
  // Joins the spans without a gap between them.
  void merge(Micros unit);

  // The greatest value up to which nothing is missing, with whatever else the state held.
  Value state(const StreamCursor& cursor) const;
  Instant complete_until() const;

 private:
  Instant start_;
  Instant low_water_;            // Where the last run ended, or start_.
  std::vector<ReadSpan> spans_;  // Never empty.
  Map others_;                   // Members of the state that the cursor does not know.
};

}  // namespace tendril

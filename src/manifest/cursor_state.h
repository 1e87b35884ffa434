// CursorState: how far a stream, or each partition of it, has been read; kept between runs in the
// shapes of the reference, so that states can move between it and this program:
//   {"updated_at": "2024-01-02T03:04:05Z"}
//   {"use_global_cursor": false, "states": [{"partition": {…}, "cursor": {"updated_at": …}}, …],
//    "state": {"updated_at": …}, "parent_state": {…}}
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "core/result.h"
#include "data/instant.h"
#include "data/value.h"
#include "manifest/datetime_cursor.h"

namespace tendril {

// What reading a slice found out.
struct SliceOutcome {
  Map partition;
  std::optional<Instant> most_recent;  // Of the records' times; nullopt without records.
};

// Threads: safe to share.
class CursorState {
 public:
  // Beyond so many partitions one time stands for all, as in the reference.
  static constexpr std::size_t kPartitionsMax = 10'000;

  // `state` may be null.
  // Errors: BadData when a time in it can not be read.
  static Result<CursorState> parse(const Value& state, const DatetimeCursor& cursor);

  // Up to when the partition was read; nullopt: never. A partition that no state names was never
  // read, unless one time stands for all.
  std::optional<Instant> read_until(const Map& partition) const;

  const Value& parent_states() const { return parent_states_; }

  // The state after a run that read `span` whole.
  //
  // The time kept is that of the latest record, as in the reference; but never after the end of the
  // span, so that what changed while the run was under way is read by the next one. Without records
  // it stays as it was, or at the span's start.
  Value after(const DatetimeCursor& cursor, const Window& span,
              std::span<const SliceOutcome> outcomes, bool has_partitions) const;

 private:
  struct PartitionState {
    Map partition;
    Instant read_until;
  };

  Value partitioned(const DatetimeCursor& cursor, const Window& span,
                    std::span<const SliceOutcome> outcomes) const;

  std::map<std::string, PartitionState> partitions_;  // By canonical JSON.
  std::optional<Instant> global_;
  bool global_for_all_ = false;
  Value parent_states_;
};

}  // namespace tendril

// StreamPlan: what a run is to do with one stream: whole or incremental, how to write, and
// whether it goes on with a load that an earlier run left unfinished.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connector/catalog.h"
#include "connector/destination.h"
#include "core/error.h"
#include "core/result.h"
#include "data/state_entry.h"
#include "state/stream_state.h"
#include "sync/sync.h"

namespace tendril {

struct StreamPlan;

// What a run is to do with the tables of a feed.
struct FeedPlan {
  bool tables_may_come = true;
  std::vector<std::string> chosen = {};  // Empty: all.
  std::vector<StreamPlan> tables = {};   // Those that the catalog names, chosen ones only.

  bool wants(std::string_view table) const;
  const StreamPlan* find(std::string_view table) const;  // Among `tables`.
};

struct StreamPlan {
  StreamInfo info;  // Of a feed: its name and nothing else.
  WriteMode mode = WriteMode::Append;
  bool incremental = false;  // Goes on from the stored cursor; false: reads the stream whole.
  bool hard_deletes = false;
  TableRules rules = {};
  std::string cursor_field = {};  // See StreamRequest.
  // The cursor (kept until the load is complete), and, when the plan is to go on with an
  // unfinished load, its attempt and slices.
  StreamState stored = {};
  // Entries of an unfinished load that is not gone on with.
  std::vector<StateKey> discarded = {};
  // The stream can not be read in this run; the others can.
  std::optional<Error> refused = std::nullopt;
  // The stream is a feed: `mode`, `hard_deletes` and `rules` are those of its tables.
  std::optional<FeedPlan> feed = std::nullopt;

  bool resumed() const { return stored.attempt.has_value(); }
};

// Returns the plans of the chosen streams in the order of the catalog. An unfinished load is gone
// on with unless a full refresh is asked for or its mode is not the one wanted now; so an
// interrupted full refresh is completed by the next run, whatever that run asks for beside. Errors:
// InvalidConfig for streams and tables that do not exist, or that can not be written as asked for
//   want of a primary key (all their names in one message); BadData when the catalog names a stream
//   twice.
Result<std::vector<StreamPlan>> plan_streams(const Catalog& catalog, const SyncOptions& options,
                                             std::span<const StateEntry> state);

std::string_view to_string(WriteMode mode);

}  // namespace tendril

// StreamState: what is remembered of a stream between runs, and its text form. A destination keeps
// it as one entry for the stream and one for each slice of a load that has not come to its end.
//
//   stream entry   {"version":1,"cursor":...,"attempt":{"plan":...,"started_at":"...",
//                   "mode":"merge","incremental":true}}     "attempt" only while a load is under
//                   way
//   slice entry    {"progress":...} or {"done":true,"result":...}, each with "rejected":N where
//                  rows were rejected
//
// Members that this version does not know are passed over, so that an entry may gain some without
// a new version; a new version is for a change that an older program would misread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"
#include "data/instant.h"
#include "data/state_entry.h"
#include "data/value.h"

namespace tendril {

// A load that has begun and not ended: what a later run needs to go on with it.
struct Attempt {
  Value plan;                // What StreamReader::plan() returned.
  Instant started_at = {};   // Of the first run of the load.
  std::string mode;          // How its rows are written: "append", "replace", "merge", "history".
  bool incremental = false;  // Goes on from the cursor; false: reads the stream whole.

  friend bool operator==(const Attempt&, const Attempt&) = default;
};

// How far one slice of an attempt has come.
struct SliceState {
  bool done = false;
  Value value;  // The slice's result when done, else the progress to go on from.
  std::int64_t rows_rejected = 0;

  friend bool operator==(const SliceState&, const SliceState&) = default;
};

struct StreamState {
  Value cursor;  // What StreamReader::finish() returned at the end of the last load, or null.
  std::optional<Attempt> attempt = std::nullopt;
  std::map<std::string, SliceState, std::less<>> slices = {};  // Of the attempt, by slice id.

  friend bool operator==(const StreamState&, const StreamState&) = default;
};

// A larger entry fails its stream: state is read and written with every commit, and has to stay
// small beside the rows.
constexpr std::size_t kStateEntryBytesMax = std::size_t{1} << 20U;

// Errors: BadData naming stream, slice and size when the entry is larger.
Status check_state_size(const StateEntry& entry);

// Return the entry to store. The stream's is without its slices, which have their own.
StateEntry stream_entry(std::string_view stream, const StreamState& state);
StateEntry slice_entry(std::string_view stream, std::string_view slice_id, const SliceState& state);

// Returns the key of a slice's entry: its id, but never "", which is the stream's own.
StateKey slice_key(std::string_view stream, std::string_view slice_id);

// Returns the state of `stream` out of all `entries` of a connection; that of a new stream when
// there are none. Slices without an attempt, which only another program leaves, are kept too:
// whoever starts an attempt erases them.
// Errors: BadData for a damaged entry, Unsupported for one of a newer program; both name the
//   connection, stream and slice.
Result<StreamState> read_stream_state(std::string_view connection, std::string_view stream,
                                      std::span<const StateEntry> entries);

}  // namespace tendril

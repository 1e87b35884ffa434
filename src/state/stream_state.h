// StreamState: what is remembered of a stream between runs, and its text form. A destination keeps
// it as one entry for the stream and one for each slice of a load that has not come to its end.
//
//   stream entry   {"version":1,"cursor":...,"attempt":{"plan":...,"started_at":"...",
//                   "mode":"merge","incremental":true},"key":["id"],"children":["lines"]}
//                   "attempt" only while a load is under way, "key" once rows were written to a
//                   table with a primary key, "children" where lists became tables
//                   of a feed, in the place of both: "tables":{"users":{"key":["id"],
//                   "children":[],"begun":true}}, and where it is limited to some of them
//                   "chosen":["users"] of the cursor, "choosing":["users"] of the attempt
//   slice entry    {"progress":...} or {"done":true,"result":...}, each with "rejected":N where
//                  rows were rejected, and "rows":N and "checksum":"hexadecimal" of all rows that
//                  it covers
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
#include <vector>

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
  Value value = {};  // The slice's result when done, else the progress to go on from.
  std::int64_t rows_rejected = 0;
  // Of all rows that it covers: how many, and the sum of the checksums of their batches.
  std::int64_t rows = 0;
  std::uint64_t checksum = 0;

  friend bool operator==(const SliceState&, const SliceState&) = default;
};

// One table of a feed.
struct FeedTableState {
  std::vector<std::string> key = {};       // As of a stream.
  std::vector<std::string> children = {};  // As of a stream.
  bool begun = false;                      // Its rows of the attempt under way are being written.

  friend bool operator==(const FeedTableState&, const FeedTableState&) = default;
};

struct StreamState {
  Value cursor;  // What StreamReader::finish() returned at the end of the last load, or null.
  std::optional<Attempt> attempt = std::nullopt;
  std::map<std::string, SliceState, std::less<>> slices = {};  // Of the attempt, by slice id.
  // The primary key by which the rows of the table were written; empty: none, or not known.
  std::vector<std::string> key = {};
  // The paths of the lists that have become tables.
  std::vector<std::string> children = {};
  // Of a feed:
  std::map<std::string, FeedTableState> tables = {};  // That have had rows.
  // The tables that the cursor stands for, and those that the attempt is of; empty: all.
  std::vector<std::string> chosen = {};
  std::vector<std::string> choosing = {};

  friend bool operator==(const StreamState&, const StreamState&) = default;
};

// A larger entry fails its stream: state is read and written with every commit, and has to stay
// small beside the rows.
constexpr std::size_t kStateEntryBytesMax = std::size_t{1} << 20U;

// The same of feeds, whose state is that of many tables: 10 MB of it, and what is kept beside.
constexpr std::size_t kFeedEntryBytesMax = std::size_t{11} << 20U;

// Errors: BadData naming stream, slice and size when the entry is larger.
Status check_state_size(const StateEntry& entry, std::size_t bytes_max = kStateEntryBytesMax);

// As entries and logs say it: hexadecimal.
std::string checksum_text(std::uint64_t checksum);

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

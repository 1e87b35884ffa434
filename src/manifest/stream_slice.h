// StreamSlice: the part of a stream that one reading covers: a partition (whose records), a window
// (of what time), or both.
// Source: manifest variable "stream_slice".
#pragma once

#include <optional>
#include <string>

#include "connector/source.h"
#include "core/result.h"
#include "data/instant.h"
#include "data/value.h"

namespace tendril {

struct StreamSlice {
  Map partition;     // {"repository": "a/b", "parent_slice": {…}}, or empty.
  Map extra_fields;  // Of the parent's record.
  Map window;        // {"start_time": "2024-01-01", "end_time": "2024-01-31"}, or empty.
};

// The engine's view: an id made of partition and window, and bounds that hold everything.
Slice to_slice(const StreamSlice& slice);

// Errors: BadData when `bounds` are none that to_slice() made.
Result<StreamSlice> stream_slice_of(const Slice& slice);

// What templates see: the members of partition and window side by side, and the parts by their
// names.
Value template_view(const StreamSlice& slice);

// JSON with the members of every object in order of their names: equal for equal values.
std::string canonical_json(const Value& value);

}  // namespace tendril

// RereadFilter: leaves out the records of a slice that earlier runs read at the edge, where windows
// overlap. Source: manifest component "Overlap", an extension (requirements I15, I17).
#pragma once

#include <cstdint>

#include "connector/boundary_set.h"
#include "core/result.h"
#include "data/schema.h"
#include "data/value.h"
#include "manifest/slicer.h"
#include "manifest/stream_cursor.h"

namespace tendril {

// Threads: one at a time.
class RereadFilter {
 public:
  // `progress` is what progress() returned in the run that is gone on with, or null: then `range`
  // says what is known. REQUIRES: the cursor has an overlap, and outlives the filter, as `schema`
  // does.
  // Errors: BadData when what is known can not be read.
  static Result<RereadFilter> open(const StreamCursor& cursor, const TableSchema& schema,
                                   const TimeRange& range, const Value& progress);

  // False: the record is known in this version. A record without a readable time may come in any
  // run, and is always remembered.
  bool is_new(const Value& record);

  Value progress() const { return edge_.progress(); }
  // What the state has to know of the slice.
  Value seen();
  bool has_forgotten() const { return edge_.has_forgotten(); }

 private:
  RereadFilter(const StreamCursor& cursor, const TableSchema& schema, Instant started);
  Fingerprint fingerprint(const Value& record) const;
  void raise_floor();

  const StreamCursor* cursor_;
  const TableSchema* schema_;
  Instant started_;
  BoundarySet edge_;
  std::int64_t greatest_ = INT64_MIN;
  std::int64_t records_ = 0;
};

}  // namespace tendril

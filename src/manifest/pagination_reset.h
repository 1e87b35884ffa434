// PaginationReset: what is done when an answer, or the number of records so far, says that the
// pages of a slice must be asked for from the first one again.
// Source: manifest components "PaginationReset" and "PaginationResetLimits".
#pragma once

#include <cstdint>
#include <optional>

#include "core/result.h"
#include "data/value.h"
#include "manifest/node.h"

namespace tendril {

// Threads: safe to share.
class PaginationReset {
 public:
  // The whole slice again, once: what the reference does where the manifest says nothing.
  PaginationReset() = default;

  // Reads the member "pagination_reset" of a retriever.
  // Errors: InvalidConfig with file, line and column.
  static Result<PaginationReset> compile(const Node& retriever);

  // The slice goes on from the latest time that its records carry.
  bool splits_by_cursor() const { return splits_by_cursor_; }

  bool counts() const { return records_max_.has_value(); }

  // True when a slice must start anew after that many records.
  bool is_due(std::int64_t records) const { return records_max_ && records >= *records_max_; }

  // How often the same slice may start anew.
  int same_slice_max() const { return splits_by_cursor_ ? 0 : 1; }

 private:
  bool splits_by_cursor_ = false;
  std::optional<std::int64_t> records_max_;
};

}  // namespace tendril

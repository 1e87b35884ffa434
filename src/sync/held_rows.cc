#include "sync/held_rows.h"

#include <utility>

#include <arrow/record_batch.h>

#include "core/fault_point.h"

namespace tendril {

void HeldRows::add(event::Rows rows) {
  bytes_in_memory_ += rows.batch.bytes();
  row_count_ += rows.rejected || !rows.list.empty() ? 0 : rows.batch.row_count();
  held_.push_back({.rows = std::move(rows)});
}

Status HeldRows::spill() {
  for (; first_in_memory_ < held_.size(); ++first_in_memory_) {
    Held& held = held_[first_in_memory_];
    if (held.rows.batch.rows == nullptr) {
      continue;  // A Truncate.
    }
    if (file_ == nullptr) {
      file_ = TRY(SpillFile::make());
    }
    held.schema = held.rows.batch.rows->schema();
    held.extent = TRY(file_->append(*held.rows.batch.rows));
    held.rows.batch.rows.reset();
  }
  bytes_in_memory_ = 0;
  fault_point(FaultPoint::RowsSpilled);
  return {};
}

Status HeldRows::drain(const std::function<Status(const event::Rows&)>& take) {
  for (Held& held : held_) {
    if (held.schema != nullptr) {
      held.rows.batch.rows = TRY(file_->read(held.extent, held.schema));
    }
    TRY(take(held.rows));
    held.rows.batch.rows.reset();
  }
  clear();
  return {};
}

void HeldRows::clear() {
  held_.clear();
  first_in_memory_ = 0;
  bytes_in_memory_ = 0;
  row_count_ = 0;
  file_.reset();
}

}  // namespace tendril

#include "sync/slice_book.h"

namespace tendril {

void SliceBook::run_opened(std::int64_t epoch) {
  const std::lock_guard lock(mutex_);
  epoch_ = epoch;
}

// Makes the slice known unless there are too many.
template <class Change>
void SliceBook::change(const SliceName& slice, Change apply) {
  const std::lock_guard lock(mutex_);
  const Key key(slice.stream, slice.slice);
  auto found = slices_.find(key);
  if (found == slices_.end()) {
    if (!make_room()) {
      return;
    }
    found = slices_
                .emplace(key,
                         SliceRecord{.stream = slice.stream, .slice = slice.slice, .epoch = epoch_})
                .first;
  }
  apply(found->second);
  changed_.insert(key);
  gone_.erase(key);
}

void SliceBook::slice_started(const SliceName& slice) {
  change(slice, [](SliceRecord& record) { record.stage = SliceStage::Reading; });
}

void SliceBook::slice_retried(const SliceName& slice, const Error& error) {
  change(slice, [&](SliceRecord& record) {
    ++record.attempts;
    record.error = error.message;
  });
}

void SliceBook::slice_read(const SliceName& slice, std::int64_t rows) {
  change(slice, [&](SliceRecord& record) {
    record.stage = SliceStage::Read;
    record.rows = rows;
  });
}

void SliceBook::slice_failed(const SliceName& slice, const Error& error) {
  change(slice, [&](SliceRecord& record) {
    const bool stopped = error.code == ErrorCode::Cancelled;
    record.stage = stopped ? SliceStage::Stopped : SliceStage::Failed;
    record.error = stopped ? record.error : error.message;
  });
}

void SliceBook::slice_committed(const SliceName& slice) {
  change(slice, [&](SliceRecord& record) {
    record.stage = SliceStage::Committed;
    committed_.emplace_back(record.stream, record.slice);
  });
}

std::int64_t SliceBook::epoch() const {
  const std::lock_guard lock(mutex_);
  return epoch_;
}

SliceBook::Changes SliceBook::take_changes() {
  const std::lock_guard lock(mutex_);
  Changes changes;
  for (const Key& key : changed_) {
    changes.slices.push_back(slices_.at(key));
    told_.insert(key);
  }
  for (auto& [key, record] : gone_) {
    changes.gone.push_back(std::move(record));
  }
  changed_.clear();
  gone_.clear();
  return changes;
}

std::vector<SliceRecord> SliceBook::under_way(std::size_t most) const {
  const std::lock_guard lock(mutex_);
  std::vector<SliceRecord> found;
  for (const auto& [key, record] : slices_) {
    if (record.stage == SliceStage::Reading && found.size() < most) {
      found.push_back(record);
    }
  }
  return found;
}

// Returns false when all slices in the book are under way or in trouble.
bool SliceBook::make_room() {
  while (slices_.size() >= kSlicesMax && !committed_.empty()) {
    const Key oldest = std::move(committed_.front());
    committed_.pop_front();
    const auto found = slices_.find(oldest);
    if (found == slices_.end()) {
      continue;
    }
    changed_.erase(oldest);
    if (told_.erase(oldest) > 0) {
      gone_.emplace(oldest, std::move(found->second));
    }
    slices_.erase(found);
  }
  return slices_.size() < kSlicesMax;
}

}  // namespace tendril

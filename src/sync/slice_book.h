// SliceBook: the slices under way and those in trouble, for the record of a run. A run may have
// millions of slices: those that went well are forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "state/run_record.h"
#include "sync/work_observer.h"

namespace tendril {

// Threads: safe to share.
class SliceBook final : public WorkObserver {
 public:
  // More at a time are not written down.
  static constexpr std::size_t kSlicesMax = 1'000;

  void run_opened(std::int64_t epoch) override;
  void slice_started(const SliceName& slice) override;
  void slice_retried(const SliceName& slice, const Error& error) override;
  void slice_read(const SliceName& slice, std::int64_t rows) override;
  void slice_failed(const SliceName& slice, const Error& error) override;
  void slice_committed(const SliceName& slice) override;

  std::int64_t epoch() const;

  // What changed since the last call.
  struct Changes {
    std::vector<SliceRecord> slices;
    std::vector<SliceRecord> gone;
  };
  Changes take_changes();

  // Those that are being read now, a few of them.
  std::vector<SliceRecord> under_way(std::size_t most) const;

 private:
  using Key = std::pair<std::string, std::string>;

  template <class Change>
  void change(const SliceName& slice, Change apply);
  bool make_room();

  mutable std::mutex mutex_;
  // All guarded by mutex_:
  std::map<Key, SliceRecord> slices_;
  std::deque<Key> committed_;  // Without trouble, oldest first.
  std::set<Key> changed_;
  std::map<Key, SliceRecord> gone_;
  std::set<Key> told_;  // Those that take_changes() returned.
  std::int64_t epoch_ = 0;
};

}  // namespace tendril

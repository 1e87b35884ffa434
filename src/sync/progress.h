// SyncProgress: what a running sync has done so far, for whoever draws bars or answers a status
// request while it works.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/byte_budget.h"

namespace tendril {

struct StreamProgress {
  enum class Phase { Waiting, Reading, Done, Failed, Stopped };

  std::string stream;
  Phase phase = Phase::Waiting;
  std::int64_t rows_read = 0;
  std::int64_t rows_committed = 0;
  std::int64_t rows_rejected = 0;
  std::int64_t bytes_read = 0;  // In columns.
  std::int64_t slices_done = 0;
  std::int64_t slices_planned = 0;
  std::int64_t slices_read_again = 0;
  bool all_slices_planned = false;  // slices_planned is final.
};

// How the queue between reading and writing does.
struct QueueProgress {
  std::size_t bytes = 0;                // What it holds now.
  std::chrono::microseconds waited{0};  // For room in it, by all reading threads together.
};

// Threads: safe to share.
class SyncProgress {
 public:
  SyncProgress();
  ~SyncProgress();

  std::vector<StreamProgress> snapshot() const;
  QueueProgress queue() const;

  // For the engine.
  void add_stream(std::string stream);
  // A feed is shown by its tables: its phase and its slices are those of each.
  void add_feed(std::string feed);
  void add_table(std::string_view feed, std::string_view table);  // Unless it is there.
  void set_phase(std::string_view stream, StreamProgress::Phase phase);
  void add_rows_read(std::string_view stream, std::int64_t rows, std::int64_t bytes);
  void add_rows_committed(std::string_view stream, std::int64_t rows);
  void add_rows_rejected(std::string_view stream, std::int64_t rows);  // May be less than none.
  void add_slice_read_again(std::string_view stream);
  void add_queue_wait(std::chrono::microseconds waited);
  void add_slices_done(std::string_view stream, std::int64_t slices);
  void set_slices_planned(std::string_view stream, std::int64_t slices, bool all);

  // Shows what `budget` holds for as long as it lives. Both must outlive it.
  class QueueWatch {
   public:
    QueueWatch(SyncProgress& progress, const ByteBudget& budget);
    ~QueueWatch();
    QueueWatch(const QueueWatch&) = delete;
    QueueWatch& operator=(const QueueWatch&) = delete;

   private:
    SyncProgress& progress_;
  };

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tendril

// SyncProgress: what a running sync has done so far, for whoever draws bars or answers a status
// request while it works.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tendril {

struct StreamProgress {
  enum class Phase { Waiting, Reading, Done, Failed, Stopped };

  std::string stream;
  Phase phase = Phase::Waiting;
  std::int64_t rows_read = 0;
  std::int64_t rows_committed = 0;
  std::int64_t bytes_read = 0;  // In columns.
  std::int64_t slices_done = 0;
  std::int64_t slices_planned = 0;
  bool all_slices_planned = false;  // slices_planned is final.
};

// Threads: safe to share.
class SyncProgress {
 public:
  SyncProgress();
  ~SyncProgress();

  std::vector<StreamProgress> snapshot() const;

  // For the engine.
  void add_stream(std::string stream);
  void set_phase(std::string_view stream, StreamProgress::Phase phase);
  void add_rows_read(std::string_view stream, std::int64_t rows, std::int64_t bytes);
  void add_rows_committed(std::string_view stream, std::int64_t rows);
  void add_slices_done(std::string_view stream, std::int64_t slices);
  void set_slices_planned(std::string_view stream, std::int64_t slices, bool all);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tendril

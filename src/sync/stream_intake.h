// StreamIntake: the rows of one stream, or of one feed, between the queue and the destination:
// counted, compared with what the readers sent, changed as the table's contract says, and held
// where they have to wait.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "state/stream_state.h"
#include "sync/held_rows.h"
#include "sync/stream_run.h"
#include "sync/written_table.h"

namespace tendril {

// Errors: Internal when the rows are not those that were handed out, naming stream and slice.
Status check_intact(const event::Rows& rows, std::string_view stream, std::string_view slice);

// Threads: one at a time.
class StreamIntake {
 public:
  using Slice = std::shared_ptr<const SliceWork>;

  // `stream` and `clock` must outlive it.
  StreamIntake(StreamRun& stream, const Clock& clock);

  // Returns what becomes of rows of `table` that have come: those to be stored, and those that the
  // contract rejects. REQUIRES: the table's gate is informed, or lets all pass.
  // Errors: Internal when they are not those that were sent; others are the stream's end: its
  //   contract is broken, or too many rows were rejected.
  Result<std::vector<event::Rows>> admit(const Slice& slice, WrittenTable& table, event::Rows rows);

  // Keeps rows until drain().
  void hold(const Slice& slice, event::Rows rows);
  Status drain(const Slice& slice, const std::function<Status(const event::Rows&)>& take);

  // All that came so far of the slice is staged. Adds to `state` what the contract rejected.
  // Errors: Internal when it is not all that the reader sent.
  Status cover(const Slice& slice, SliceState& state);

  // What came after the last cover() is void, and comes again.
  void restart(const Slice& slice);

  void clear() { slices_.clear(); }

  std::vector<HeldRows*> held();

  // Rows that came and will not be staged: rejected, or void and held until then.
  std::int64_t rows_left_out() const { return rows_left_out_; }

 private:
  // What has come of one slice.
  struct Incoming {
    HeldRows held = {};
    SliceState covered = {};  // As counted here.
    // Since then:
    std::int64_t rows = 0;
    std::uint64_t checksum = 0;
    std::map<Rejections*, RejectionCounts> rejections = {};
    std::int64_t rows_rejected = 0;  // By the contract, all of this run.
  };

  Incoming& incoming(const Slice& slice);
  static Status add_children(WrittenTable& table, const Batch& whole, const RowMask& left_out,
                             std::vector<event::Rows>& all);
  Result<event::Rows> rejected_rows(Incoming& from, const SliceWork& slice, WrittenTable& table,
                                    std::vector<RejectedRow>& rows);

  StreamRun& stream_;
  const Clock& clock_;
  std::map<Slice, Incoming> slices_;
  std::int64_t rows_left_out_ = 0;
};

}  // namespace tendril

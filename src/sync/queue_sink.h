// QueueSink: takes what the reader of one slice yields and hands it to the writer, in order. Once
// anything could not be handed over, nothing after it is: no checkpoint ever covers a lost row.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "connector/source.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/result.h"
#include "sync/progress.h"
#include "sync/rejected_rows.h"
#include "sync/stream_run.h"

namespace tendril {

// Where the sinks of a run deliver.
struct SinkOutlet {
  EventQueue& queue;
  SyncProgress& progress;
  const Clock& clock;
  Log& log;
};

// Threads: one at a time.
class QueueSink final : public SliceSink {
 public:
  // `stream` and `outlet` must outlive the sink.
  QueueSink(StreamRun& stream, std::shared_ptr<const SliceWork> slice, const SinkOutlet& outlet);

  Status write(Batch batch) override;
  Status checkpoint(Value progress) override;
  Status reject(RejectedRow row) override;

  // For the engine.

  // Ends the slice: all that was written is covered, and `result` is what became of it.
  Status finish(Value result);

  // Takes back what was written after the last checkpoint, to read again from there.
  Status restart();

  // Handed over, without those that were taken back.
  std::int64_t rows() const { return rows_covered_ + rows_; }

  // The last checkpoint.
  const Value& progress() const { return covered_.value; }

  // What ended the sink. All calls fail with it from then on.
  const std::optional<Error>& error() const { return error_; }

 private:
  Status check_batch(const Batch& batch) const;
  bool leaves_out(const std::string& table);
  Status cover(SliceState state);
  Status flush_rejected();
  Status send(event::Rows rows);
  Status fail(Error error);
  Error run_ends() const;

  StreamRun& stream_;
  const std::shared_ptr<const SliceWork> slice_;
  const SinkOutlet& outlet_;
  SliceState covered_;             // What the last checkpoint said.
  std::int64_t rows_covered_ = 0;  // By checkpoints of this run.
  // Since the last checkpoint:
  RejectionCounts rejections_;
  std::int64_t rows_ = 0;
  std::uint64_t checksum_ = 0;
  RejectedRows rejected_;                               // Not handed over yet.
  std::set<std::string, std::less<>> tables_left_out_;  // Of a feed; those that came.
  std::optional<Error> error_;
};

}  // namespace tendril

#include "sync/queue_sink.h"

#include <string>
#include <utility>

#include "core/fault_point.h"

namespace tendril {
namespace {

// Rejected rows wait for the next checkpoint, but not with more bytes than this.
constexpr std::size_t kRejectedBytesMax = std::size_t{1} << 20U;

}  // namespace

QueueSink::QueueSink(StreamRun& stream, std::shared_ptr<const SliceWork> slice,
                     const SinkOutlet& outlet)
    : stream_(stream), slice_(std::move(slice)), outlet_(outlet), covered_(slice_->stored) {}

Status QueueSink::write(Batch batch) {
  if (error_.has_value()) {
    return *error_;
  }
  if (Status checked = check_batch(batch); !checked.ok()) {
    return fail(std::move(checked).error());
  }
  const std::int64_t rows = batch.row_count();
  if (rows == 0 && batch.operation != Operation::Truncate) {
    return {};
  }
  stream_.rows_read += rows;
  outlet_.progress.add_rows_read(stream_.name(), rows, static_cast<std::int64_t>(batch.bytes()));
  fault_point(FaultPoint::BatchSealed);
  TRY(send({.batch = std::move(batch)}));
  stream_.rows_queued += rows;
  rows_ += rows;
  return {};
}

Status QueueSink::checkpoint(Value progress) {
  return cover({.done = false, .value = std::move(progress)});
}

Status QueueSink::reject(RejectedRow row) {
  if (error_.has_value()) {
    return *error_;
  }
  rejected_.add(stream_.name(), row, outlet_.clock.now());
  ++rows_rejected_;
  outlet_.progress.add_rows_rejected(stream_.name(), 1);
  if (++stream_.rows_rejected > outlet_.rejected_rows_max) {
    return fail({.code = ErrorCode::BadData,
                 .message = "more rows were rejected than the limit of " +
                            std::to_string(outlet_.rejected_rows_max) + " allows, the last at " +
                            row.position + ": " + row.reason});
  }
  return rejected_.bytes() > kRejectedBytesMax ? flush_rejected() : Status();
}

Status QueueSink::finish(Value result) { return cover({.done = true, .value = std::move(result)}); }

Status QueueSink::restart() {
  if (error_.has_value()) {
    return *error_;
  }
  rows_ = rows_covered_;
  stream_.rows_rejected -= rows_rejected_;
  outlet_.progress.add_rows_rejected(stream_.name(), -rows_rejected_);
  outlet_.progress.add_slice_read_again(stream_.name());
  rows_rejected_ = 0;
  rejected_.clear();
  if (!outlet_.queue.push({&stream_, slice_, event::Restarted{}}, 0, {})) {
    return fail(run_ends());
  }
  return {};
}

// A batch of another table would be committed without the stream's checks and clean-up.
Status QueueSink::check_batch(const Batch& batch) const {
  const auto fault = [&](const std::string& what) {
    return Error{.code = ErrorCode::Internal,
                 .message = "stream " + stream_.name() + " wrote a batch " + what};
  };
  if (batch.schema == nullptr) {
    return fault("without a schema");
  }
  if (batch.schema->name != stream_.name()) {
    return fault("of another table: " + batch.schema->name);
  }
  if (batch.rows == nullptr && batch.operation != Operation::Truncate) {
    return fault("without rows");
  }
  return {};
}

Status QueueSink::cover(SliceState state) {
  if (error_.has_value()) {
    return *error_;
  }
  TRY(flush_rejected());
  state.rows_rejected = covered_.rows_rejected + rows_rejected_;
  rows_rejected_ = 0;
  covered_ = std::move(state);
  rows_covered_ = rows_;
  fault_point(FaultPoint::SliceCovered);
  // Not given up on a stop: what has been handed over shall be covered. The writer takes until
  // the queue is closed.
  if (!outlet_.queue.push({&stream_, slice_, event::Covered{covered_}}, 0, {})) {
    return fail(run_ends());
  }
  return {};
}

Status QueueSink::flush_rejected() {
  if (rejected_.row_count() == 0) {
    return {};
  }
  Result<Batch> batch = rejected_.take();
  if (!batch.ok()) {
    return fail(std::move(batch).error());
  }
  return send({.batch = std::move(batch).value(), .rejected = true});
}

Status QueueSink::send(event::Rows rows) {
  const std::stop_token stop = stream_.stop.get_token();
  const std::size_t bytes = rows.batch.bytes();
  const Clock::Monotonic before = outlet_.clock.monotonic();
  const bool is_sent = !stop.stop_requested() &&
                       outlet_.queue.push({&stream_, slice_, std::move(rows)}, bytes, stop);
  outlet_.progress.add_queue_wait(
      std::chrono::duration_cast<std::chrono::microseconds>(outlet_.clock.monotonic() - before));
  return is_sent ? Status() : fail(run_ends());
}

Status QueueSink::fail(Error error) {
  error_ = std::move(error);
  return *error_;
}

Error QueueSink::run_ends() const {
  return {.code = ErrorCode::Cancelled,
          .message = "reading stream " + stream_.name() + " was stopped"};
}

}  // namespace tendril

#include "sync/queue_sink.h"

#include <string>
#include <utility>

#include "core/fault_point.h"
#include "data/batch_checksum.h"
#include "data/instant.h"
#include "data/json.h"

namespace tendril {
namespace {

// Rejected rows wait for the next checkpoint, but not with more bytes than this.
constexpr std::size_t kRejectedBytesMax = std::size_t{1} << 20U;

// A truncation of all rows that came before it: it acts where it stands, so any instant that is
// later than all others will do.
constexpr Instant kAfterAll = instant_from_micros(253'402'300'799'999'999);  // The end of 9999.

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
  const std::string& table = batch.schema->name;
  if (stream_.plan.feed.has_value()) {
    if (leaves_out(table)) {
      return {};
    }
    outlet_.progress.add_table(stream_.name(), table);
    if (batch.operation == Operation::Truncate && batch.truncate_before == Instant()) {
      batch.truncate_before = kAfterAll;
    }
  }
  const std::int64_t rows = batch.row_count();
  if (rows == 0 && batch.operation != Operation::Truncate) {
    return {};
  }
  stream_.rows_read += rows;
  outlet_.progress.add_rows_read(table, rows, static_cast<std::int64_t>(batch.bytes()));
  const std::uint64_t sum = checksum(batch);
  fault_point(FaultPoint::BatchSealed);
  TRY(send({.batch = std::move(batch), .checksum = sum}));
  stream_.rows_queued += rows;
  rows_ += rows;
  checksum_ += sum;
  return {};
}

Status QueueSink::checkpoint(Value progress) {
  return cover({.done = false, .value = std::move(progress)});
}

Status QueueSink::reject(RejectedRow row) {
  if (error_.has_value()) {
    return *error_;
  }
  const bool of_feed = stream_.plan.feed.has_value();
  rejected_.add(row.table.empty() ? stream_.name() : row.table, row, outlet_.clock.now());
  if (!of_feed) {
    outlet_.progress.add_rows_rejected(stream_.name(), 1);
  }
  if (Status counted = stream_.rejections.add(row, rejections_); !counted.ok()) {
    return fail(std::move(counted).error());
  }
  return rejected_.bytes() > kRejectedBytesMax ? flush_rejected() : Status();
}

Status QueueSink::finish(Value result) { return cover({.done = true, .value = std::move(result)}); }

Status QueueSink::restart() {
  if (error_.has_value()) {
    return *error_;
  }
  for (const auto& [kind, rows] : rejections_) {
    if (!stream_.plan.feed.has_value()) {
      outlet_.progress.add_rows_rejected(stream_.name(), -rows);
    }
  }
  outlet_.progress.add_slice_read_again(stream_.name());
  stream_.rejections.take_back(rejections_);
  rows_ = 0;
  checksum_ = 0;
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
  if (!stream_.plan.feed.has_value() && batch.schema->name != stream_.name()) {
    return fault("of another table: " + batch.schema->name);
  }
  if (batch.schema->name.empty()) {
    return fault("of a table without a name");
  }
  const std::optional<FeedPlan>& feed = stream_.plan.feed;
  if (feed.has_value() && !feed->tables_may_come && feed->wants(batch.schema->name) &&
      feed->find(batch.schema->name) == nullptr) {
    return fault("of a table that its catalog does not name: " + batch.schema->name);
  }
  if (batch.rows == nullptr && batch.operation != Operation::Truncate) {
    return fault("without rows");
  }
  return {};
}

// Rows of tables that nobody wants are told of once.
bool QueueSink::leaves_out(const std::string& table) {
  if (stream_.plan.feed->wants(table)) {
    return false;
  }
  if (tables_left_out_.insert(table).second) {
    outlet_.log.info("rows of a table that was not chosen are left out",
                     {{"stream", stream_.name()}, {"table", table}});
  }
  return true;
}

Status QueueSink::cover(SliceState state) {
  if (error_.has_value()) {
    return *error_;
  }
  TRY(flush_rejected());
  state.rows_rejected = covered_.rows_rejected;
  for (const auto& [kind, rows] : rejections_) {
    state.rows_rejected += rows;
  }
  rows_covered_ += rows_;
  state.rows = covered_.rows + std::exchange(rows_, 0);
  state.checksum = covered_.checksum + std::exchange(checksum_, 0);
  rejections_.clear();
  covered_ = std::move(state);
  fault_point(FaultPoint::SliceCovered);
  // Not given up on a stop: what has been handed over shall be covered. The writer takes until
  // the queue is closed.
  // The state of a feed may be large, and come often.
  const std::size_t bytes = stream_.plan.feed.has_value() ? to_json(covered_.value).size() : 0;
  if (!outlet_.queue.push({&stream_, slice_, event::Covered{covered_}}, bytes, {})) {
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
  const std::uint64_t sum = checksum(*batch);
  return send({.batch = std::move(batch).value(), .checksum = sum, .rejected = true});
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

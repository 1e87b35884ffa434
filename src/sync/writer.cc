#include "sync/writer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/fault_point.h"
#include "sync/guarded.h"
#include "sync/rejected_rows.h"
#include "sync/work_observer.h"

namespace tendril {
namespace {

constexpr std::chrono::milliseconds kShortestWait{1};

StreamProgress::Phase phase_of(StreamOutcome outcome) {
  switch (outcome) {
    case StreamOutcome::Done: return StreamProgress::Phase::Done;
    case StreamOutcome::Failed: return StreamProgress::Phase::Failed;
    case StreamOutcome::Stopped: return StreamProgress::Phase::Stopped;
  }
  return StreamProgress::Phase::Failed;
}

Error lost_rows(std::string what, std::int64_t expected, std::int64_t counted) {
  return {.code = ErrorCode::Internal,
          .message = std::move(what) + ": " + std::to_string(expected) + " expected, " +
                     std::to_string(counted) + " counted"};
}

}  // namespace

Writer::Writer(const WriterParts& parts, std::span<const std::unique_ptr<StreamRun>> streams)
    : parts_(parts), committed_at_(parts.clock.monotonic()) {
  for (const std::unique_ptr<StreamRun>& stream : streams) {
    books_.push_back({.stream = stream.get(), .ledger = StreamLedger(stream->plan)});
    StreamReport& report = books_.back().report;
    report.stream = stream->name();
    report.incremental = stream->plan.incremental;
    report.resumed = stream->plan.resumed();
  }
}

Status Writer::run(EventQueue& queue) {
  while (!queue.finished()) {
    if (std::optional<EventQueue::Item> item = queue.pop_for(patience(), {})) {
      TRY(handle(item->value));
    }
    if (commit_due()) {
      TRY(commit({}));
    }
  }
  return changed_ ? commit({}) : Status();
}

Status Writer::handle(Event& event) {
  Book& book = books_[event.stream->index];
  if (book.barred && !std::holds_alternative<event::Ended>(event.what)) {
    return {};
  }
  return std::visit([&](auto& what) { return on(book, event, what); }, event.what);
}

Status Writer::on(Book& book, Event&, event::Opened& opened) {
  book.ledger.open(std::move(opened.attempt));
  if (Status small = book.ledger.check_size(); !small.ok()) {
    book.barred = true;
    fail(book, std::move(small).error());
    return {};
  }
  parts_.log.info("stream started", {{"connection", parts_.options.connection},
                                     {"stream", book.stream->name()},
                                     {"mode", to_string(book.stream->plan.mode)},
                                     {"incremental", book.stream->plan.incremental},
                                     {"resumed", book.stream->plan.resumed()}});
  if (parts_.options.observer != nullptr) {
    parts_.options.observer->stream_started(book.stream->name());
  }
  return {};
}

Status Writer::on(Book& book, Event& event, event::Skipped&) {
  book.ledger.skip(event.slice->slice, event.slice->stored);
  parts_.progress.add_slices_done(book.stream->name(), 1);
  return {};
}

// A row that is merged twice is the same row, so it need not wait for its checkpoint.
Status Writer::on(Book& book, Event& event, event::Rows& rows) {
  if (book.stream->plan.mode == WriteMode::Merge && !rows.rejected) {
    return stage(book, rows);
  }
  book.held[event.slice].add(std::move(rows));
  return relieve_memory();
}

// Rows whose state would be too large stay held, and go when the stream ends.
Status Writer::on(Book& book, Event& event, event::Covered& covered) {
  const StateEntry entry = slice_entry(book.stream->name(), event.slice->slice.id, covered.state);
  if (Status small = check_state_size(entry); !small.ok()) {
    fail(book, std::move(small).error());
    return {};
  }
  TRY(prepare(book));
  const auto found = book.held.find(event.slice);
  if (found != book.held.end()) {
    TRY(found->second.drain([&](const event::Rows& rows) { return stage(book, rows); }));
  }
  if (covered.state.done) {
    parts_.progress.add_slices_done(book.stream->name(), 1);
    parts_.log.debug("slice done", {{"connection", parts_.options.connection},
                                    {"stream", book.stream->name()},
                                    {"slice", event.slice->slice.id}});
    book.held.erase(event.slice);
    if (parts_.options.work_observer != nullptr) {
      slices_done_.emplace_back(&book.stream->name(), event.slice->slice.id);
    }
  }
  book.ledger.cover(event.slice->slice, std::move(covered.state));
  changed_ = true;
  return {};
}

Status Writer::on(Book& book, Event& event, event::Restarted&) {
  const auto found = book.held.find(event.slice);
  if (found != book.held.end()) {
    book.rows_voided += found->second.row_count();
    found->second.clear();
  }
  return {};
}

Status Writer::on(Book& book, Event&, event::Ended& ended) {
  book.held.clear();
  if (ended.error.has_value()) {
    fail(book, std::move(*ended.error));
  }
  if (ended.outcome == StreamOutcome::Done && !book.report.error.has_value()) {
    TRY(end_complete(book));
  }
  if (!book.over) {
    if (parts_.options.observer != nullptr && changed_) {
      TRY(commit({}));  // So that it hears of the end after all that the stream leaves behind.
    }
    end(book, book.report.error.has_value() ? StreamOutcome::Failed : StreamOutcome::Stopped);
  }
  book.stream->reader.reset();
  return {};
}

Status Writer::prepare(Book& book) {
  if (book.prepared) {
    return {};
  }
  const StreamPlan& plan = book.stream->plan;
  if (book.ledger.has_discarded()) {
    Checkpoint checkpoint;
    book.ledger.collect_discarded(checkpoint);
    TRY(commit(std::move(checkpoint)));
  }
  TRY(guarded("preparing table " + book.stream->name(), [&] {
    return parts_.destination.prepare({.schema = plan.info.schema,
                                       .mode = plan.mode,
                                       .resume = plan.mode == WriteMode::Replace && plan.resumed(),
                                       .hard_deletes = plan.hard_deletes});
  }));
  fault_point(FaultPoint::TablePrepared);
  book.prepared = true;
  book.ledger.start_writing();
  return {};
}

Status Writer::stage(Book& book, const event::Rows& rows) {
  const Batch& batch = rows.batch;
  TRY(prepare(book));  // May commit, so it comes before the counts.
  changed_ = true;
  rows_staged_ += batch.row_count();
  bytes_staged_ += batch.bytes();
  if (rows.rejected) {
    return stage_rejected(batch);
  }
  TRY(guarded("writing to table " + book.stream->name(),
              [&] { return parts_.destination.write(batch); }));
  fault_point(FaultPoint::BatchStaged);
  book.rows_staged += batch.row_count();
  book.rows_uncommitted += batch.row_count();
  book.only_inserts = book.only_inserts && batch.operation == Operation::Upsert;
  return {};
}

Status Writer::stage_rejected(const Batch& batch) {
  if (!rejected_prepared_) {
    TRY(guarded("preparing table " + rejected_table().name, [&] {
      return parts_.destination.prepare({.schema = rejected_table(), .mode = WriteMode::Append});
    }));
    rejected_prepared_ = true;
  }
  rejected_staged_ += batch.row_count();
  parts_.log.warning("rows were rejected",
                     {{"connection", parts_.options.connection}, {"rows", batch.row_count()}});
  return guarded("writing to table " + rejected_table().name,
                 [&] { return parts_.destination.write(batch); });
}

// Moves the rows of the slice that holds the most to disk until the others fit.
Status Writer::relieve_memory() {
  for (;;) {
    std::size_t total = 0;
    HeldRows* largest = nullptr;
    for (Book& book : books_) {
      for (auto& [slice, held] : book.held) {
        total += held.bytes_in_memory();
        if (largest == nullptr || held.bytes_in_memory() > largest->bytes_in_memory()) {
          largest = &held;
        }
      }
    }
    if (total <= parts_.held_bytes_max) {
      return {};
    }
    TRY(largest->spill());
  }
}

Status Writer::end_complete(Book& book) {
  TRY(prepare(book));
  if (Status checked = check_staged(book); !checked.ok()) {
    fail(book, std::move(checked).error());
    return {};
  }
  Result<Value> cursor = guarded("finishing stream " + book.stream->name(), [&] {
    return Result<Value>(book.stream->reader->finish(book.ledger.results()));
  });
  if (!cursor.ok()) {
    fail(book, std::move(cursor).error());
    return {};
  }
  const StateEntry entry = stream_entry(book.stream->name(), {.cursor = *cursor});
  if (Status small = check_state_size(entry); !small.ok()) {
    fail(book, std::move(small).error());
    return {};
  }
  TRY(truncate_unseen(book));
  Checkpoint checkpoint;
  book.ledger.collect_end(std::move(cursor).value(), checkpoint);
  if (book.stream->plan.mode == WriteMode::Replace) {
    checkpoint.completed_tables.push_back(book.stream->name());
  }
  TRY(commit(std::move(checkpoint)));
  end(book, book.report.error.has_value() ? StreamOutcome::Failed : StreamOutcome::Done);
  return {};
}

Status Writer::check_staged(const Book& book) const {
  const std::int64_t counted = book.rows_staged + book.rows_voided;
  if (book.stream->rows_queued != counted) {
    return lost_rows("rows of stream " + book.stream->name() + " were lost before the destination",
                     book.stream->rows_queued, counted);
  }
  return {};
}

// After a whole read, rows that are older than it were not seen any more: they are gone at the
// source. Not so when some could not be read.
Status Writer::truncate_unseen(Book& book) {
  const StreamPlan& plan = book.stream->plan;
  const bool deletes = plan.mode == WriteMode::Merge || plan.mode == WriteMode::History;
  if (!deletes || plan.incremental) {
    return {};
  }
  if (book.ledger.any_rejected()) {
    parts_.log.warning("rows that were not seen stay, since some were rejected",
                       {{"stream", book.stream->name()}});
    return {};
  }
  const Batch unseen{.operation = Operation::Truncate,
                     .schema = std::make_shared<const TableSchema>(plan.info.schema),
                     .rows = nullptr,
                     .truncate_before = book.ledger.attempt().started_at};
  return guarded("marking deleted rows of table " + book.stream->name(),
                 [&] { return parts_.destination.write(unseen); });
}

void Writer::end(Book& book, StreamOutcome outcome) {
  const StreamRun& stream = *book.stream;
  fault_point(FaultPoint::StreamEnded);
  book.over = true;
  book.report.outcome = outcome;
  if (stream.started_at != Clock::Monotonic()) {
    book.report.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
        parts_.clock.monotonic() - stream.started_at);
  }
  parts_.progress.set_phase(stream.name(), phase_of(outcome));
  if (outcome == StreamOutcome::Failed) {
    parts_.log.error("stream failed", {{"connection", parts_.options.connection},
                                       {"stream", stream.name()},
                                       {"error", book.report.error->message}});
  } else {
    const std::int64_t rows = stream.rows_read;
    if (outcome == StreamOutcome::Done) {
      parts_.log.info(
          "stream finished",
          {{"connection", parts_.options.connection}, {"stream", stream.name()}, {"rows", rows}});
    } else {
      parts_.log.info(
          "stream stopped",
          {{"connection", parts_.options.connection}, {"stream", stream.name()}, {"rows", rows}});
    }
  }
  if (parts_.options.observer != nullptr) {
    parts_.options.observer->stream_ended(report_of(book));
  }
}

void Writer::fail(Book& book, Error error) {
  if (!book.report.error.has_value()) {
    book.report.error = std::move(error);
  }
  book.stream->stop.request_stop();
}

void Writer::fail_rest(const Error& fault) {
  for (Book& book : books_) {
    if (!book.over) {
      fail(book, fault);
      end(book, StreamOutcome::Failed);
    }
  }
}

Status Writer::commit(Checkpoint checkpoint) {
  for (Book& book : books_) {
    book.ledger.collect(checkpoint);
  }
  fault_point(FaultPoint::CommitBegun);
  const Clock::Monotonic begun_at = parts_.clock.monotonic();
  const std::vector<TableCounts> counts =
      TRY(guarded("committing", [&] { return parts_.destination.commit(checkpoint); }));
  fault_point(FaultPoint::CommitReported);
  parts_.log.debug("rows were committed", {{"connection", parts_.options.connection},
                                           {"rows", rows_staged_},
                                           {"entries", checkpoint.entries.size()}});
  committed_at_ = parts_.clock.monotonic();
  if (parts_.options.observer != nullptr) {
    parts_.options.observer->committed(
        {.rows = rows_staged_,
         .bytes = bytes_staged_,
         .elapsed =
             std::chrono::duration_cast<std::chrono::microseconds>(committed_at_ - begun_at)});
  }
  changed_ = false;
  rows_staged_ = 0;
  bytes_staged_ = 0;
  tell_committed();
  return account(counts);
}

void Writer::tell_committed() {
  for (const auto& [stream, slice] : slices_done_) {
    parts_.options.work_observer->slice_committed({.stream = *stream, .slice = slice});
  }
  slices_done_.clear();
}

Status Writer::account(const std::vector<TableCounts>& counts) {
  std::map<std::string_view, const TableCounts*> by_table;
  for (const TableCounts& table : counts) {
    by_table[table.table] = &table;
  }
  const auto rows_written = [&](std::string_view table) {
    const auto found = by_table.find(table);
    return found == by_table.end() ? std::int64_t{0} : found->second->rows_written;
  };
  for (Book& book : books_) {
    const std::string& table = book.stream->name();
    if (const auto found = by_table.find(table); found != by_table.end()) {
      book.report.rows_written += found->second->rows_written;
      book.report.rows_deleted += found->second->rows_deleted;
      parts_.progress.add_rows_committed(table, found->second->rows_written);
    }
    verify(book, rows_written(table));
  }
  const std::int64_t rejected = std::exchange(rejected_staged_, 0);
  if (rows_written(rejected_table().name) != rejected) {
    return lost_rows("rows of table " + rejected_table().name + " were lost in the destination",
                     rejected, rows_written(rejected_table().name));
  }
  return {};
}

void Writer::verify(Book& book, std::int64_t rows_written) {
  const std::int64_t expected = std::exchange(book.rows_uncommitted, 0);
  const WriteMode mode = book.stream->plan.mode;
  const bool comparable = std::exchange(book.only_inserts, true) && mode != WriteMode::Merge &&
                          mode != WriteMode::History;
  if (comparable && rows_written != expected) {
    fail(book, lost_rows("rows of table " + book.stream->name() + " were lost in the destination",
                         expected, rows_written));
  }
}

bool Writer::commit_due() const {
  return changed_ && (rows_staged_ >= parts_.options.commit_rows ||
                      bytes_staged_ >= parts_.options.commit_bytes ||
                      parts_.clock.monotonic() - committed_at_ >= parts_.options.commit_interval);
}

// How long to wait for an event: until what is staged should be committed.
std::chrono::milliseconds Writer::patience() const {
  const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(
      parts_.clock.monotonic() - committed_at_);
  return changed_ ? std::max(parts_.options.commit_interval - passed, kShortestWait)
                  : std::max(parts_.options.commit_interval, kShortestWait);
}

std::vector<StreamReport> Writer::reports() const {
  std::vector<StreamReport> reports;
  for (const Book& book : books_) {
    reports.push_back(report_of(book));
  }
  return reports;
}

StreamReport Writer::report_of(const Book& book) {
  StreamReport report = book.report;
  report.rows_read = book.stream->rows_read;
  report.rows_rejected = book.stream->rows_rejected;
  return report;
}

}  // namespace tendril

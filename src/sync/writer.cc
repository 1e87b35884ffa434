#include "sync/writer.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "core/fault_point.h"
#include "sync/guarded.h"
#include "sync/rejected_rows.h"
#include "sync/work_observer.h"

namespace tendril {
namespace {

constexpr std::chrono::milliseconds kShortestWait{1};

// Destinations keep each change from one operation to another apart until the commit, which costs
// them memory whatever the number of rows.
constexpr std::int64_t kCommitTurns = 1'000;

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
    books_.push_back({.stream = stream.get(),
                      .ledger = StreamLedger(stream->plan),
                      .intake = StreamIntake(*stream, parts.clock)});
    if (!stream->plan.feed.has_value()) {
      books_.back().tables.emplace(stream->name(), std::make_unique<WrittenTable>(*stream));
    }
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
  return std::visit([&](auto& what) { return on(book, event, what); }, event.what);
}

Status Writer::on(Book& book, Event&, event::Opened& opened) {
  book.ledger.open(std::move(opened.attempt));
  if (Status small = book.ledger.check_size(); !small.ok()) {
    fail(book, std::move(small).error());
    return {};
  }
  parts_.log.info("stream started", {{"connection", parts_.options.connection},
                                     {"stream", book.stream->name()},
                                     {"mode", to_string(book.stream->plan.mode)},
                                     {"incremental", book.stream->plan.incremental},
                                     {"resumed", book.stream->plan.resumed()}});
  if (parts_.options.observer != nullptr && !book.is_feed()) {
    parts_.options.observer->stream_started(book.stream->name());
  }
  return {};
}

Status Writer::on(Book& book, Event& event, event::Skipped&) {
  book.ledger.skip(event.slice->slice, event.slice->stored);
  parts_.progress.add_slices_done(book.stream->name(), 1);
  return {};
}

// What a failed stream still sends is left: it might follow rows that were not taken.
Status Writer::on(Book& book, Event& event, event::Rows& rows) {
  if (book.failed()) {
    return {};
  }
  if (rows.rejected) {
    book.intake.hold(event.slice, std::move(rows));
  } else {
    TRY(take_rows(book, event.slice, std::move(rows)));
  }
  return relieve_memory();
}

// A row that is merged twice is the same row, so it need not wait for its checkpoint. Those of a
// feed do: one that is updated or deleted before the checkpoint would be seen as it never was.
Status Writer::take_rows(Book& book, const std::shared_ptr<const SliceWork>& slice,
                         event::Rows rows) {
  WrittenTable* const table = TRY(table_of(book, rows.batch));
  if (table == nullptr) {
    return {};
  }
  TRY(consult(*table));
  Result<std::vector<event::Rows>> admitted = book.intake.admit(slice, *table, std::move(rows));
  if (!admitted.ok()) {
    if (admitted.error().code == ErrorCode::Internal) {
      return std::move(admitted).error();
    }
    fail(book, std::move(admitted).error());
    return {};
  }
  for (event::Rows& each : *admitted) {
    if (table->plan.mode == WriteMode::Merge && !each.rejected && !book.is_feed()) {
      TRY(stage(book, *slice, each));
    } else {
      book.intake.hold(slice, std::move(each));
    }
  }
  return {};
}

// Rows whose state would be too large stay held, and go when the stream ends.
Status Writer::on(Book& book, Event& event, event::Covered& covered) {
  if (book.failed()) {
    return {};
  }
  const StateEntry entry = slice_entry(book.stream->name(), event.slice->slice.id, covered.state);
  if (Status small = book.ledger.check(entry); !small.ok()) {
    fail(book, std::move(small).error());
    return {};
  }
  TRY(begin(book));
  if (!book.is_feed()) {
    TRY(prepare(book, *book.tables.begin()->second));
  }
  TRY(book.intake.drain(event.slice,
                        [&](const event::Rows& rows) { return stage(book, *event.slice, rows); }));
  TRY(book.intake.cover(event.slice, covered.state));
  if (parts_.log.enabled(LogLevel::Debug)) {
    parts_.log.debug("slice was covered", {{"stream", book.stream->name()},
                                           {"slice", event.slice->slice.id},
                                           {"rows", covered.state.rows},
                                           {"checksum", checksum_text(covered.state.checksum)}});
  }
  if (covered.state.done) {
    parts_.progress.add_slices_done(book.stream->name(), 1);
    parts_.log.debug("slice done", {{"connection", parts_.options.connection},
                                    {"stream", book.stream->name()},
                                    {"slice", event.slice->slice.id}});
    if (parts_.options.work_observer != nullptr) {
      slices_done_.emplace_back(&book.stream->name(), event.slice->slice.id);
    }
  }
  book.ledger.cover(event.slice->slice, std::move(covered.state));
  changed_ = true;
  return {};
}

Status Writer::on(Book& book, Event& event, event::Restarted&) {
  book.intake.restart(event.slice);
  return {};
}

Status Writer::on(Book& book, Event&, event::Ended& ended) {
  book.intake.clear();
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

// Moves the rows of the slice that holds the most to disk until the others fit.
Status Writer::relieve_memory() {
  for (;;) {
    std::size_t total = 0;
    HeldRows* largest = nullptr;
    for (Book& book : books_) {
      for (HeldRows* held : book.intake.held()) {
        total += held->bytes_in_memory();
        if (largest == nullptr || held->bytes_in_memory() > largest->bytes_in_memory()) {
          largest = held;
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
  TRY(open_silent_tables(book));
  if (book.failed()) {
    return {};
  }
  TRY(begin(book));
  for (auto& [name, table] : book.tables) {
    TRY(prepare(book, *table));
  }
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
  if (Status small = book.ledger.check(book.ledger.end_entry(*cursor)); !small.ok()) {
    fail(book, std::move(small).error());
    return {};
  }
  Checkpoint checkpoint;
  for (auto& [name, table] : book.tables) {
    TRY(truncate_unseen(book, *table));
    complete(book, *table, checkpoint);
  }
  book.ledger.collect_end(std::move(cursor).value(), checkpoint);
  TRY(commit(std::move(checkpoint)));
  end(book, book.report.error.has_value() ? StreamOutcome::Failed : StreamOutcome::Done);
  return {};
}

Status Writer::check_staged(const Book& book) {
  std::int64_t counted = book.intake.rows_left_out();
  for (const auto& [name, table] : book.tables) {
    counted += table->rows_staged;
  }
  if (book.stream->rows_queued != counted) {
    return lost_rows("rows of stream " + book.stream->name() + " were lost before the destination",
                     book.stream->rows_queued, counted);
  }
  return {};
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
    for (const StreamReport& report : reports_of(book)) {
      parts_.options.observer->stream_ended(report);
    }
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
  turns_staged_ = 0;
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
  for (Book& book : books_) {
    for (auto& [name, table] : book.tables) {
      account_table(book, *table, by_table);
    }
  }
  const std::int64_t rejected = std::exchange(rejected_staged_, 0);
  const auto found = by_table.find(rejected_table().name);
  const std::int64_t written = found == by_table.end() ? 0 : found->second->rows_written;
  if (written != rejected) {
    return lost_rows("rows of table " + rejected_table().name + " were lost in the destination",
                     rejected, written);
  }
  return {};
}

void Writer::account_table(Book& book, WrittenTable& table,
                           const std::map<std::string_view, const TableCounts*>& counts) {
  const auto found = counts.find(table.name());
  const TableCounts none;
  const TableCounts& count = found == counts.end() ? none : *found->second;
  table.rows_written += count.rows_written;
  table.rows_deleted += count.rows_deleted;
  parts_.progress.add_rows_committed(table.name(), count.rows_written);
  const std::int64_t expected = std::exchange(table.rows_uncommitted, 0);
  table.last_operation.reset();
  const WriteMode mode = table.plan.mode;
  const bool comparable = std::exchange(table.only_inserts, true) && mode != WriteMode::Merge &&
                          mode != WriteMode::History;
  if (comparable && count.rows_written != expected) {
    fail(book, lost_rows("rows of table " + table.name() + " were lost in the destination",
                         expected, count.rows_written));
  }
  account_lists(book, table, counts);
}

bool Writer::commit_due() const {
  return changed_ &&
         (rows_staged_ >= parts_.options.commit_rows ||
          bytes_staged_ >= parts_.options.commit_bytes || turns_staged_ >= kCommitTurns ||
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
    std::ranges::move(reports_of(book), std::back_inserter(reports));
  }
  return reports;
}

}  // namespace tendril

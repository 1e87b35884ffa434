// Writer: the one thread that owns the destination. It takes the readers' events in order, stages
// rows once they are covered by a checkpoint, and commits them together with the state that covers
// them.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "connector/destination.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/result.h"
#include "sync/held_rows.h"
#include "sync/progress.h"
#include "sync/stream_ledger.h"
#include "sync/stream_run.h"
#include "sync/sync.h"

namespace tendril {

// What writing needs; all must outlive it.
struct WriterParts {
  Destination& destination;
  const SyncOptions& options;
  std::size_t held_bytes_max;  // Rows that no checkpoint covers go to disk beyond it.
  const Clock& clock;
  Log& log;
  SyncProgress& progress;
};

// Threads: one at a time.
class Writer {
 public:
  Writer(const WriterParts& parts, std::span<const std::unique_ptr<StreamRun>> streams);

  // Takes events until the queue is closed and empty, then commits what is left.
  // Errors: what the destination or this machine failed to do. Nothing was committed after it.
  Status run(EventQueue& queue);

  // Streams that have not come to their end are failed with `fault`.
  void fail_rest(const Error& fault);

  // In the order of the streams.
  std::vector<StreamReport> reports() const;

 private:
  // What the writer knows of one stream.
  struct Book {
    StreamRun* stream;
    StreamLedger ledger;
    std::map<std::shared_ptr<const SliceWork>, HeldRows> held = {};
    bool prepared = false;
    bool over = false;
    bool barred = false;  // Nothing of it is written, since its state could not be.
    StreamReport report = {};
    std::int64_t rows_staged = 0;
    std::int64_t rows_voided = 0;  // Held, and then read again.
    // Of what is staged and not committed:
    std::int64_t rows_uncommitted = 0;
    bool only_inserts = true;  // So that the destination has to write each row.
  };

  Status handle(Event& event);
  Status on(Book& book, Event& event, event::Opened& opened);
  Status on(Book& book, Event& event, event::Skipped& skipped);
  Status on(Book& book, Event& event, event::Rows& rows);
  Status on(Book& book, Event& event, event::Covered& covered);
  Status on(Book& book, Event& event, event::Restarted& restarted);
  Status on(Book& book, Event& event, event::Ended& ended);

  Status prepare(Book& book);
  Status stage(Book& book, const event::Rows& rows);
  Status stage_rejected(const Batch& batch);
  Status relieve_memory();
  Status end_complete(Book& book);
  Status check_staged(const Book& book) const;
  Status truncate_unseen(Book& book);
  void end(Book& book, StreamOutcome outcome);
  static StreamReport report_of(const Book& book);
  void fail(Book& book, Error error);
  Status commit(Checkpoint checkpoint);
  Status account(const std::vector<TableCounts>& counts);
  void verify(Book& book, std::int64_t rows_written);
  void tell_committed();
  bool commit_due() const;
  std::chrono::milliseconds patience() const;

  const WriterParts parts_;
  std::deque<Book> books_;  // In the order of the streams.
  bool rejected_prepared_ = false;
  // Since the last commit:
  Clock::Monotonic committed_at_;
  bool changed_ = false;
  std::int64_t rows_staged_ = 0;
  std::int64_t rejected_staged_ = 0;
  std::size_t bytes_staged_ = 0;
  std::vector<std::pair<const std::string*, std::string>> slices_done_;  // Stream and slice.
};

}  // namespace tendril

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
#include "sync/progress.h"
#include "sync/stream_intake.h"
#include "sync/stream_ledger.h"
#include "sync/stream_run.h"
#include "sync/sync.h"
#include "sync/written_table.h"

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
    StreamIntake intake;
    // By name. That of a stream is there from the beginning, those of a feed as they come.
    std::map<std::string, std::unique_ptr<WrittenTable>, std::less<>> tables = {};
    bool begun = false;  // Its load may be stored.
    bool over = false;
    StreamReport report = {};  // What the reports of all its tables have in common.

    bool failed() const { return report.error.has_value(); }
    bool is_feed() const { return stream->plan.feed.has_value(); }
  };

  Status handle(Event& event);
  Status on(Book& book, Event& event, event::Opened& opened);
  Status on(Book& book, Event& event, event::Skipped& skipped);
  Status on(Book& book, Event& event, event::Rows& rows);
  Status on(Book& book, Event& event, event::Covered& covered);
  Status on(Book& book, Event& event, event::Restarted& restarted);
  Status on(Book& book, Event& event, event::Ended& ended);

  Status take_rows(Book& book, const std::shared_ptr<const SliceWork>& slice, event::Rows rows);
  void end(Book& book, StreamOutcome outcome);
  void fail(Book& book, Error error);
  Status relieve_memory();
  Status end_complete(Book& book);
  static Status check_staged(const Book& book);
  Status commit(Checkpoint checkpoint);
  Status account(const std::vector<TableCounts>& counts);
  void account_table(Book& book, WrittenTable& table,
                     const std::map<std::string_view, const TableCounts*>& counts);
  void tell_committed();
  bool commit_due() const;
  std::chrono::milliseconds patience() const;

  // See writer_tables.cc.
  Result<WrittenTable*> table_of(Book& book, const Batch& batch);
  Result<WrittenTable*> open_table(Book& book, const TableSchema& seen);
  Result<WrittenTable*> open_stored_table(Book& book, const std::string& name);
  Status open_silent_tables(Book& book);
  Status consult(WrittenTable& table);
  Status begin(Book& book);
  Status prepare(Book& book, WrittenTable& table);
  Status stage(Book& book, const SliceWork& slice, const event::Rows& rows);
  static void remember_key(Book& book, const WrittenTable& table);
  Status stage_rejected(const Batch& batch);
  Status truncate_unseen(Book& book, WrittenTable& table);
  static void complete(Book& book, const WrittenTable& table, Checkpoint& checkpoint);
  static std::vector<StreamReport> reports_of(const Book& book);
  static StreamReport report_of(const Book& book, const WrittenTable& table);

  // See writer_lists.cc.
  Status prepare_list(Book& book, WrittenTable& of, const std::string& path);
  Status stage_list(Book& book, WrittenTable& of, const event::Rows& rows);
  Status truncate_lists(Book& book, WrittenTable& of, const Batch& unseen);
  void account_lists(Book& book, WrittenTable& of,
                     const std::map<std::string_view, const TableCounts*>& counts);

  const WriterParts parts_;
  std::deque<Book> books_;  // In the order of the streams.
  bool rejected_prepared_ = false;
  // Since the last commit:
  Clock::Monotonic committed_at_;
  bool changed_ = false;
  std::int64_t rows_staged_ = 0;
  std::int64_t rejected_staged_ = 0;
  std::size_t bytes_staged_ = 0;
  std::int64_t turns_staged_ = 0;  // Batches of another operation than the one before, by table.
  std::vector<std::pair<const std::string*, std::string>> slices_done_;  // Stream and slice.
};

}  // namespace tendril

// The sync engine's front: reads the streams of a source and lands them in a destination, rows and
// state in the same commits.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "connector/destination.h"
#include "connector/source.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/result.h"
#include "sync/progress.h"
#include "sync/table_settings.h"

namespace tendril {

class SyncObserver;
class WorkObserver;

struct SyncOptions {
  std::string connection;                 // Names the state; "" is not allowed.
  std::vector<std::string> streams = {};  // Empty: all of the catalog.
  // Forgets the stored state of the chosen streams and reads them whole.
  bool full_refresh = false;
  // Nothing: Merge with a primary key; else Append if incremental; else Replace. A full refresh is
  // not incremental, and neither is Replace.
  std::optional<WriteMode> mode = std::nullopt;
  bool hard_deletes = false;
  // By stream: the field to go on by, where the catalog leaves the choice.
  std::map<std::string, std::string> cursor_fields = {};
  int concurrency = 4;  // Slices read at the same time; fewer where the source allows fewer.
  std::size_t memory_bytes = std::size_t{32} * 1024 * 1024;  // Of all queues together.
  // A commit happens when one of these is reached, and at the end of each stream.
  std::int64_t commit_rows = 500'000;
  std::size_t commit_bytes = std::size_t{256} * 1024 * 1024;
  std::chrono::milliseconds commit_interval{30'000};
  std::int64_t rejected_rows_max = 1'000;  // Of a stream in one run; more fail it.
  // Of all streams of a run; what is beyond it fails the stream that it happens to.
  std::int64_t run_rejected_rows_max = 10'000;
  // By table. What a table leaves open is as this structure says (mode, hard_deletes), then as
  // `table_defaults` say.
  std::map<std::string, TableSettings> tables = {};
  TableSettings table_defaults = {};
  bool documents = false;                 // Asks the source for documents rather than columns.
  SyncObserver* observer = nullptr;       // Must outlive the run.
  WorkObserver* work_observer = nullptr;  // Must outlive the run.
  // Called once the destination is open, before its state is read; may request the run's stop. Who
  // holds a lease looks at it here: a run that lost it before has just become the newest one of
  // the destination, and one that loses it later can not commit.
  std::function<void()> on_opened = {};
};

enum class StreamOutcome { Done, Failed, Stopped };

// Rejected rows whose reasons differ in numbers only.
struct RejectedKind {
  std::string reason;         // Of the first.
  std::string position = {};  // Of the first.
  std::int64_t rows = 0;
};

struct StreamReport {
  std::string stream;
  StreamOutcome outcome = StreamOutcome::Done;
  bool incremental = false;
  bool resumed = false;  // Went on where an interrupted run had stopped.
  std::int64_t rows_read = 0;
  std::int64_t rows_queued = 0;   // Handed over by the readers; those read again included.
  std::int64_t rows_staged = 0;   // Taken by the destination.
  std::int64_t rows_written = 0;  // Committed.
  std::int64_t rows_deleted = 0;
  std::int64_t rows_rejected = 0;
  std::int64_t values_discarded = 0;        // That became NULL, as the table's contract says.
  std::int64_t child_rows_written = 0;      // Of the lists that are tables of their own.
  std::vector<RejectedKind> rejected = {};  // In the order in which they came up.
  std::chrono::milliseconds elapsed{0};
  std::optional<Error> error = std::nullopt;
};

// One piece of work of a reading thread.
struct StreamWork {
  enum class Kind { Open, Plan, Read };

  Kind kind = Kind::Open;
  const std::string& stream;
  const std::string& slice;  // "" but for Read.
};

struct CommitReport {
  std::int64_t rows = 0;  // Staged since the commit before.
  std::size_t bytes = 0;  // In columns.
  std::chrono::microseconds elapsed{0};
};

// Is told what becomes of a run.
class SyncObserver {
 public:
  virtual ~SyncObserver() = default;

  // In order with what the destination is given: a stream's rows and commits come between its two
  // calls. One that could not be opened only ends.
  // Threads: called by the thread that the destination belongs to, as committed() is.
  virtual void stream_started(const std::string& /*stream*/) {}
  virtual void stream_ended(const StreamReport& /*report*/) {}
  virtual void committed(const CommitReport& /*commit*/) {}

  // Around each piece of work, and within it each time a slice is read again.
  // Threads: called by the thread that does the work, many at a time.
  virtual void work_started(const StreamWork& /*work*/) {}
  virtual void work_restarted(const StreamWork& /*work*/, const Error& /*error*/) {}
  virtual void work_ended(const StreamWork& /*work*/, const Status& /*outcome*/) {}
};

struct SyncReport {
  std::vector<StreamReport> streams;  // In catalog order.
  SourceCounters source;
  std::chrono::milliseconds elapsed{0};
  bool stopped = false;  // Somebody asked for it; what was committed is kept.

  bool all_done() const;
  bool all_failed() const;
};

// Streams are independent: one that fails does not stop the others, and what it committed is kept;
// a fault of the destination stops all. When `stop` is requested, reading ends, what has been
// read up to a checkpoint is committed, and the report says so.
// Errors: what keeps the run from starting: a destination that can not be opened, a catalog that
// can
//   not be read, a stream that does not exist (all such names in one message).
// Threads: `source` is shared by reading threads, `destination` belongs to one.
Result<SyncReport> run_sync(Source& source, Destination& destination, const SyncOptions& options,
                            Clock& clock, Log& log, SyncProgress& progress, std::stop_token stop);

}  // namespace tendril

// RunRecords: what a database file remembers of a connection beside its rows: the state of its
// streams, and the epoch, the number of its last run. In the tables `_tendril_state` and
// `_tendril_epoch`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "connector/destination.h"
#include "core/result.h"
#include "data/instant.h"
#include "data/state_entry.h"
#include "destinations/duckdb/session.h"

namespace tendril {

// Threads: one at a time, together with the session.
class RunRecords {
 public:
  // `session` must outlive the records.
  RunRecords(DuckdbSession& session, std::string schema, std::string connection);

  // Makes schema and tables where they are missing and begins a new epoch, durably.
  // REQUIRES: no transaction is open.
  Status begin_epoch();

  // Returns nothing where there is no table of it.
  Result<std::vector<StateEntry>> load();

  std::int64_t epoch() const { return epoch_; }

  // A session that sees what is committed, and nothing else once an epoch has begun.
  DuckdbSession& reader() { return observer_ == nullptr ? session_ : *observer_; }

  // Says whether this is still the connection's last run. No other can begin while
  // DuckdbFile::epoch_mutex() is held, which has to be until the commit is through; runs in other
  // processes are kept out by the lock on the file.
  // Errors: Cancelled when there is a newer run.
  Status check_epoch();

  // Applies a checkpoint within the transaction.
  Status apply(const Checkpoint& checkpoint, Instant now);

 private:
  Status create_tables();
  Status erase(const std::string& stream, const std::string& slice);

  DuckdbSession& session_;
  // Sees what was committed after the session's transaction had begun.
  std::unique_ptr<DuckdbSession> observer_;
  const std::string schema_;
  const std::string connection_;
  const std::string state_table_;  // As SQL names it.
  const std::string epoch_table_;
  std::int64_t epoch_ = 0;
};

}  // namespace tendril

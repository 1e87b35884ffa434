// PostgresRecords: what a schema remembers of a connection beside its rows: the state of its
// streams, and the epoch, the number of its last run. In the tables `_tendril_state` and
// `_tendril_epoch`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "connector/destination.h"
#include "core/result.h"
#include "data/instant.h"
#include "data/state_entry.h"
#include "destinations/postgres/session.h"

namespace tendril {

// Threads: one at a time, together with the session.
class PostgresRecords {
 public:
  // `session` must outlive the records.
  PostgresRecords(PostgresSession& session, std::string connection);

  // Makes schema and tables where they are missing, begins a new epoch, durably, and ends the
  // sessions of older runs, which would hold locks for as long as they sleep.
  // REQUIRES: no transaction is open.
  Status begin_epoch(Instant now);

  // Returns nothing where there is no table of it.
  Result<std::vector<StateEntry>> load();

  std::int64_t epoch() const { return epoch_; }

  // Says whether this is still the connection's last run; `lock` keeps any other from beginning
  // until the transaction is through.
  // Errors: Cancelled when there is a newer run.
  Status check_epoch(bool lock) { return check_epoch(epoch_, lock); }
  // The same for the run of an epoch that another session began.
  Status check_epoch(std::int64_t epoch, bool lock);

  // Applies a checkpoint within the transaction.
  Status apply(const Checkpoint& checkpoint, Instant now);

 private:
  Result<bool> has_table(std::string_view table);
  Result<bool> has_tables();
  Status create_tables();
  Result<std::int64_t> raise_epoch(Instant now);
  Status end_older_sessions();

  PostgresSession& session_;
  const std::string schema_;
  const std::string connection_;
  const std::string session_name_;  // What sessions of the connection are called, without epoch.
  const std::string state_table_;   // As SQL names it.
  const std::string epoch_table_;
  std::int64_t epoch_ = 0;
};

}  // namespace tendril

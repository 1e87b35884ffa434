// CommitJournal: what is remembered of a connection beside a destination that keeps nothing of
// ours: the state of its streams, the number of its last run, and the commit that is under way, so
// that one that was cut off is repeated as it was, not done anew. An SQLite file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bridges/partner/partner_step.h"
#include "connector/destination.h"
#include "core/result.h"
#include "data/instant.h"
#include "data/state_entry.h"
#include "state/sqlite_database.h"

namespace tendril {

struct PendingCommit {
  std::vector<PartnerStep> steps;
  Checkpoint checkpoint;
};

// Threads: one at a time. Several processes may use one file.
// Errors: as SqliteDatabase. Cancelled from begin(), apply() and complete() when there is a newer
//   run of the connection.
class CommitJournal {
 public:
  // Makes the file where there is none. `place` names the server and the schema.
  static Result<CommitJournal> open(const std::filesystem::path& file, std::string place,
                                    std::string connection);

  // Raises the number of the last run.
  Status begin_epoch();
  std::int64_t epoch() const { return epoch_; }

  Result<std::vector<StateEntry>> load();

  // The commit that nobody completed.
  Result<std::optional<PendingCommit>> pending();

  // From here on the commit is going to happen.
  Status begin(const PendingCommit& commit);
  // It has happened: its state counts.
  Status complete(const Checkpoint& checkpoint);
  // It is not going to happen. Does nothing where there is a newer run.
  Status abandon();

  // When the load of a table in Replace mode began: now, unless one that is under way is resumed.
  Result<Instant> begin_load(const std::string& table, bool resume, Instant now);

 private:
  CommitJournal(std::unique_ptr<SqliteDatabase> database, std::string place, std::string connection)
      : database_(std::move(database)),
        place_(std::move(place)),
        connection_(std::move(connection)) {}

  std::vector<SqliteValue> with_key(std::vector<SqliteValue> more = {}) const;
  Result<bool> check_epoch();
  Result<bool> keep(const PendingCommit& commit);
  Result<bool> apply(const Checkpoint& checkpoint);

  std::unique_ptr<SqliteDatabase> database_;
  std::string place_;
  std::string connection_;
  std::int64_t epoch_ = 0;
};

}  // namespace tendril

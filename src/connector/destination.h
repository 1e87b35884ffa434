// Destination: stores the rows of a run together with the state that covers them, so that a
// crash at any point loses nothing and repeats nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "data/batch.h"
#include "data/schema.h"
#include "data/state_entry.h"

namespace tendril {

enum class WriteMode {
  Append,   // Every row is added.
  Replace,  // The rows of this load take the place of the table's, all at once at its end.
  Merge,    // Rows replace those of the same primary key.
  History,  // Rows become the active version of their primary key; earlier versions stay.
};

// In mode History (slowly changing dimension of type 2) a table has a row for each version of a
// key:
// `_tendril_start` and `_tendril_end` (UtcDatetime, when the version was written and when another
// took its place; the end of the active one is NULL) and `_tendril_active` (Boolean), beside
// `_tendril_synced`, which all that starts, equals or ends the version renews.
//   Upsert    Ends the active version of the key and starts a new one, in the order of the rows,
//             those of one commit too. A row equal to the active version only renews its
//             `_tendril_synced`.
//   Update    The same with the columns that are given over those of the active version; nothing
//             where there is none.
//   Delete    Ends the active version. Truncate: those last synced before the instant.
// The engine writes each row of such a table once, as in mode Append.

// How one table is to be written in this run.
struct TablePlan {
  TableSchema schema;
  WriteMode mode = WriteMode::Append;
  // Replace only: go on filling what an interrupted run left, instead of starting anew.
  bool resume = false;
  // Deleted rows leave the table instead of being marked in `_tendril_deleted`.
  bool hard_deletes = false;
};

// What is committed with the rows.
struct Checkpoint {
  std::vector<StateKey> erased = {};     // Applied first.
  std::vector<StateEntry> entries = {};  // Set or replaced.
  // Tables in Replace mode whose load is complete: they take effect with this commit.
  std::vector<std::string> completed_tables = {};
};

// What a commit changed in one table.
struct TableCounts {
  std::string table;
  // The rows of write() that this commit made durable; in Replace mode when they are staged, not
  // again when the load takes effect. Merge may fold rows of one key, and History count equal ones
  // or not; in the other modes the engine holds a difference from what it wrote for a loss and
  // fails the stream.
  std::int64_t rows_written = 0;
  std::int64_t rows_deleted = 0;
};

// Tables get two columns beside the source's: `_tendril_synced` (UtcDatetime, when the row was
// written) and, in Merge mode with soft deletes, `_tendril_deleted` (Boolean).
//
// Calls: open, load_state, then per table prepare, any mix of write and commit; stored_table at any
//   time. Or open_to_look, then load_state and stored_table only. Dropping the destination forgets
//   what was not committed; the destructor never throws.
// Threads: one at a time; the sync engine owns the object.
// Errors: each ends the run; the next goes on from the last commit. Cancelled when another run of
//   the same connection has taken over (its epoch is higher).
class Destination {
 public:
  virtual ~Destination() = default;

  // Connects and proves the right to write; raises the epoch of `connection`, so that an older run
  // of it can no longer commit. Called once, before all others.
  virtual Status open(const std::string& connection) = 0;

  // In the place of open(), for whoever only looks: nothing is written, made or locked, and the
  // epoch stays. A storage that does not exist yet holds nothing.
  virtual Status open_to_look(const std::string& connection) = 0;

  // The number that open() raised: that of this run of the connection, from 1 on.
  virtual std::int64_t epoch() const = 0;

  // Returns the columns of the table as committed, without ours (`_tendril_…`); nullopt when there
  // is none. Not its primary key, which storages need not know.
  virtual Result<std::optional<TableSchema>> stored_table(const std::string& table) = 0;

  // Returns all state of the connection.
  virtual Result<std::vector<StateEntry>> load_state() = 0;

  // Makes the table ready; once, before its first write. Errors: InvalidConfig (mode, key, table).
  virtual Status prepare(const TablePlan& plan) = 0;

  // Stages a batch. New columns are added, types widened. Promises nothing until commit(). A Delete
  // whose batch has only some of the key's columns deletes all rows that agree in these.
  // Errors: Internal when the table was not prepared.
  virtual Status write(const Batch& batch) = 0;

  // Makes everything staged so far, and the checkpoint, durable in one transaction. Errors leave
  // the earlier data and state as they were.
  virtual Result<std::vector<TableCounts>> commit(const Checkpoint& checkpoint) = 0;
};

}  // namespace tendril

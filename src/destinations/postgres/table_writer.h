// PostgresTableWriter: everything about one table of a run: makes it ready, takes its batches, and
// carries them out when the run commits.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connector/destination.h"
#include "core/clock.h"
#include "core/result.h"
#include "data/batch.h"
#include "destinations/postgres/postgres_table.h"
#include "destinations/postgres/row_copier.h"
#include "destinations/postgres/row_layout.h"
#include "destinations/postgres/session.h"
#include "destinations/postgres/stage_application.h"
#include "destinations/postgres/staging.h"

namespace tendril {

// What the tables of a run have in common.
struct PostgresWriterContext {
  PostgresSession& session;
  const Clock& clock;
  int stages_opened = 0;
};

// All happens in the session's transaction, which the owner begins, commits or rolls back. After an
// error the transaction is lost and so is the writer.
//
// Rows of a table without merges go straight into it, or, in Replace mode, into its successor,
// "<table>__tendril_new"; and so do the first rows of a new table, whose keys are folded when its
// index is built, at the commit. All else is staged and applied by finish(), and so is what needs a
// table changed that others read. Threads: one at a time, together with the session.
class PostgresTableWriter {
 public:
  // Makes the table ready. `context` must outlive the writer.
  // Errors: InvalidConfig when the plan or the table that is there does not allow for it.
  static Result<std::unique_ptr<PostgresTableWriter>> prepare(PostgresWriterContext& context,
                                                              TablePlan plan);

  // Errors: Internal after the load was completed; BadData when a batch lacks the key.
  Status write(const Batch& batch);

  // Hands all rows over to the transaction; what weighed pending_bytes() until then.
  Status flush();
  std::size_t pending_bytes() const;

  // Carries out what is staged; to be followed by the commit. `completed`: the load of a table in
  // Replace mode is complete, and the successor takes the table's place.
  Result<TableCounts> finish(bool completed);

  // After the commit: others see the table from now on.
  void committed() { is_private_ = is_successor(); }

 private:
  struct BatchPlan {
    std::vector<std::string> names;  // Stored; "" for a column that is left out.
    std::vector<PostgresColumn> columns;
  };

  PostgresTableWriter(PostgresWriterContext& context, TablePlan plan);

  Status check_plan() const;
  Status make_ready();
  Status take_over(PostgresTable present);
  Status make_table();
  Status choose_key();
  Status check_mode(const PostgresTable& present) const;
  Status check_fit(const PostgresTable& table, const std::vector<PostgresColumn>& wanted) const;
  Status settle_unknown_columns();
  Result<BatchPlan> plan_for(const Batch& batch);
  Status choose_json(const Batch& batch, std::vector<PostgresColumn>& columns) const;
  Status grow(const std::vector<PostgresColumn>& wanted);
  Status need_marks(PostgresMarks marks);
  Status change_table();
  Status check_key(const Batch& batch, const std::vector<std::string>& names) const;
  Status append(const Batch& batch, const PostgresRowLayout& layout);
  Status stage(const Batch& batch, const BatchPlan& plan, PostgresStage::Kind kind,
               const std::vector<PostgresColumn>& columns);
  Status truncate(Instant before);
  Status seal();
  bool merges() const;
  bool is_successor() const { return plan_.mode == WriteMode::Replace && !completed_; }
  PostgresStage::Kind stage_kind(const Batch& batch, const BatchPlan& plan) const;

  PostgresWriterContext& context_;
  const TablePlan plan_;
  std::vector<std::string> key_;  // Stored names.
  PostgresTable table_;           // What is written to, as the transaction has it.
  PostgresTable wanted_;          // What it is to be at the commit.
  bool drops_index_ = false;      // An index of ours is in the way of rows that are only appended.
  bool needs_index_ = false;      // The table was not made for merges.
  bool is_private_ = false;       // Nobody else sees the table yet.
  bool loads_ = false;            // It is new, and has no index of its key before the commit.
  bool adopted_ = false;          // Somebody else made the table.
  bool completed_ = false;
  StagedKeysAre keys_are_ = StagedKeysAre::Any;  // As it was so far.
  std::unique_ptr<RowCopier> copier_;
  std::vector<std::unique_ptr<PostgresStage>> stages_;  // In order of arrival; only the last takes
                                                        // rows.
  std::int64_t appended_rows_ = 0;  // Straight into the table since the last commit.
};

}  // namespace tendril

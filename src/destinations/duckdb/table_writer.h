// TableWriter: everything about one table of a run: makes it ready, takes its batches, and carries
// them out when the run commits.
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
#include "destinations/duckdb/appender.h"
#include "destinations/duckdb/batch_layout.h"
#include "destinations/duckdb/dialect.h"
#include "destinations/duckdb/key_set.h"
#include "destinations/duckdb/session.h"
#include "destinations/duckdb/stage.h"
#include "destinations/duckdb/stage_application.h"
#include "destinations/duckdb/stored_table.h"

namespace tendril {

// What the tables of a run have in common.
struct WriterContext {
  DuckdbSession& session;
  const Clock& clock;
  std::string schema;
  TableDialect dialect = {};
  int stages_opened = 0;
};

// All happens in the session's transaction, which the owner begins, commits or rolls back. After an
// error the transaction is lost and so is the writer.
//
// Upserts go straight into the table (or, in Replace mode, into its successor,
// "<table>__tendril_new") as long as none has the key of another since the last commit; finish()
// then removes older rows of their keys. All else, and all that comes after it, is staged and
// applied by finish(). In mode History everything is, but for a first load, which mostly has new
// keys. Threads: one at a time, together with the session.
class TableWriter {
 public:
  // Makes the table ready. `context` must outlive the writer.
  // Errors: InvalidConfig when the plan or the table that is there does not allow for it.
  static Result<std::unique_ptr<TableWriter>> prepare(WriterContext& context, TablePlan plan);

  // Errors: Internal after the load was completed; BadData when a batch lacks the key.
  Status write(const Batch& batch);

  // Hands all rows over to the transaction; what weighed pending_bytes() until then.
  Status flush();
  std::size_t pending_bytes() const;

  // Carries out what is staged; to be followed by the commit. `completed`: the load of a table in
  // Replace mode is complete, and the successor takes the table's place.
  Result<TableCounts> finish(bool completed);

 private:
  struct CachedLayout {
    std::shared_ptr<const TableSchema> source;  // Shared with the batches; kept so that the address
                                                // stays theirs.
    Operation operation;
    BatchLayout layout;
  };

  TableWriter(WriterContext& context, TablePlan plan);

  Status check_plan() const;
  Status make_ready();
  Status check_fit(const StoredTable& table, const std::vector<Column>& wanted) const;
  Status check_history(const StoredTable& table) const;
  Status check_declared_key(const StoredTable& table) const;
  Status create();
  Status find_key();
  bool marks_deleted() const;
  Status settle_unknown_columns();
  Status grow(const std::vector<Column>& wanted);
  Status check_key(const Batch& batch, const std::vector<std::string>& names) const;
  Result<bool> has_whole_key(const Batch& batch) const;
  bool merges() const;
  bool goes_straight() const;
  bool are_new(const arrow::RecordBatch& rows);
  Result<std::shared_ptr<arrow::RecordBatch>> arrange(const Batch& batch,
                                                      BatchLayout& layout) const;
  Status append(const arrow::RecordBatch& rows, std::size_t bytes);
  Status stage(const Batch& batch, BatchLayout& layout, Stage::Kind kind,
               const std::vector<Column>& columns, const std::vector<std::string>& given = {});
  Status stage_columns(const Batch& batch, Stage::Kind kind);
  Status truncate(Instant before);
  Status need_deleted_column();
  Result<BatchLayout*> layout_for(const Batch& batch);
  Status close_appender();
  Status settle_appended();
  Stage::Kind stage_kind(Operation operation) const;

  WriterContext& context_;
  const TablePlan plan_;
  std::vector<std::string> key_;  // Stored names.
  StoredTable table_;             // What is written to.
  bool adopted_ = false;          // Somebody else made the table.
  bool first_load_ = false;       // There was no table.
  bool empty_ = false;            // It had no rows at the last commit; only with a declared key.
  bool completed_ = false;
  std::vector<std::unique_ptr<CachedLayout>> layouts_;
  std::unique_ptr<Appender> appender_;
  std::vector<std::unique_ptr<Stage>> stages_;  // In order of arrival; only the last takes rows.
  // Rows that went straight into the table since the last commit.
  std::int64_t appended_rows_ = 0;
  std::int64_t last_row_ = -1;  // The last row before them; only when rows are merged.
  KeySet known_keys_;           // Theirs, too.
  bool keys_changed_ = false;   // The type of the key did since, so that hashes do not compare.
};

}  // namespace tendril

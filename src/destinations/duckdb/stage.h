// Stage: what a run wants to do to a table and has not done yet. Rows wait in a temporary table,
// which DuckDB keeps in memory and spills beside the database file, until the commit applies them.
//
// Nothing but additions reaches a table before the commit: DuckDB can not alter a table whose rows
// were changed in the same transaction, and the next batch may need another column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "core/result.h"
#include "data/batch.h"
#include "data/schema.h"
#include "destinations/duckdb/appender.h"
#include "destinations/duckdb/batch_layout.h"
#include "destinations/duckdb/session.h"
#include "destinations/duckdb/sql.h"

namespace tendril {

constexpr std::string_view kStageOrderColumn = "_tendril_order";
constexpr std::string_view kStageOperationColumn = "_tendril_operation";

// The operation that a staged row stands for. Updates have this number and those behind it: one for
// each set of columns that they give.
constexpr int kStagedUpsert = 0;
constexpr int kStagedDelete = 1;
constexpr int kStagedUpdate = 2;

class Stage {
 public:
  enum class Kind {
    Insert,    // Upserts, each a row of its own.
    Merge,     // Upserts, updates and deletes, of keys.
    Update,    // Updates only, all of the same columns.
    Delete,    // Keys, or the same columns of keys in all rows.
    Truncate,  // No rows.
  };

  // A stage for rows with `columns`; `number` tells it from the others of the session.
  static Result<std::unique_ptr<Stage>> open(DuckdbSession& session, Kind kind, int number,
                                             std::vector<Column> columns);
  static std::unique_ptr<Stage> truncation(Instant before, Instant now);

  // Adds the rows of a batch. `layout` arranges them as the columns of open(), `now` is the time of
  // writing; `given` are the columns that an update gives, in order. REQUIRES: takes(given).
  Status append(const Batch& batch, BatchLayout& layout, Instant now,
                const std::vector<std::string>& given);

  // False when updates have given too many sets of columns already to take another.
  bool takes(const std::vector<std::string>& given) const;

  // Adds the rows of a query, whose columns are those of open() and then when each was written, and
  // seals the stage. REQUIRES: it has no rows.
  Status fill(DuckdbSession& session, const std::string& query);

  // Hands all rows over to the transaction.
  Status flush();
  std::size_t pending_bytes() const {
    return appender_ == nullptr ? 0 : appender_->pending_bytes();
  }

  // Takes no more rows.
  Status seal();
  bool sealed() const { return appender_ == nullptr; }

  Kind kind() const { return kind_; }
  const TableName& table() const { return table_; }
  const std::vector<Column>& columns() const { return columns_; }
  std::int64_t rows() const { return rows_; }
  bool has_deletes() const { return has_deletes_; }
  bool has_updates() const { return !given_.empty(); }
  // The sets of columns that updates give, by the numbers of their operations.
  const std::map<std::vector<std::string>, int>& given() const { return given_; }
  Instant written_at() const { return written_at_; }  // The last time of writing.
  Instant truncate_before() const { return truncate_before_; }

 private:
  explicit Stage(Kind kind) : kind_(kind) {}
  int operation_of(const Batch& batch, const std::vector<std::string>& given);

  Kind kind_;
  TableName table_;
  std::vector<Column> columns_;
  std::unique_ptr<Appender> appender_;
  std::int64_t rows_ = 0;
  bool has_deletes_ = false;
  std::map<std::vector<std::string>, int> given_;
  Instant written_at_ = {};
  Instant truncate_before_ = {};
};

// The mark columns that a batch of `rows` rows gets.
Result<std::shared_ptr<arrow::Array>> synced_mark(Instant now, std::int64_t rows);
Result<std::shared_ptr<arrow::Array>> flag_mark(bool value, std::int64_t rows);

}  // namespace tendril

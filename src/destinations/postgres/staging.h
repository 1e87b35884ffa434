// PostgresStage: what a run wants to do to a table and has not done yet. Rows wait in a temporary
// table, which the server neither logs nor shows to others, until the commit applies them.
//
// No table that others read is altered or merged into before the commit: the locks that this takes
// would keep them waiting for as long as the source takes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "data/batch.h"
#include "destinations/postgres/names.h"
#include "destinations/postgres/row_copier.h"
#include "destinations/postgres/row_layout.h"
#include "destinations/postgres/session.h"
#include "destinations/postgres/sql.h"

namespace tendril {

class PostgresStage {
 public:
  enum class Kind {
    Insert,    // Upserts, each a row of its own.
    Merge,     // Upserts and deletes, in their order.
    Update,    // Rows with some of the columns, in their order.
    Delete,    // Keys, or parts of keys.
    Truncate,  // No rows.
  };

  // A stage for rows with `columns`; `number` tells it from the others of the session.
  static Result<std::unique_ptr<PostgresStage>> open(PostgresSession& session, Kind kind,
                                                     int number,
                                                     std::vector<PostgresColumn> columns);
  static std::unique_ptr<PostgresStage> truncation(Instant before, Instant now);

  // Adds the rows of a batch. `layout` arranges them as the columns of open(), `now` is the time of
  // writing.
  Status append(const Batch& batch, const PostgresRowLayout& layout, Instant now);

  // Hands all rows over to the transaction.
  Status flush() { return copier_ == nullptr ? Status() : copier_->flush(); }
  std::size_t pending_bytes() const { return copier_ == nullptr ? 0 : copier_->pending_bytes(); }

  // Takes no more rows.
  Status seal();
  bool sealed() const { return copier_ == nullptr; }

  Kind kind() const { return kind_; }
  const PostgresTableName& table() const { return table_; }
  const std::vector<PostgresColumn>& columns() const { return columns_; }
  std::int64_t rows() const { return rows_; }
  bool has_deletes() const { return has_deletes_; }
  Instant written_at() const { return written_at_; }  // The last time of writing.
  Instant truncate_before() const { return truncate_before_; }

 private:
  explicit PostgresStage(Kind kind) : kind_(kind) {}

  Kind kind_;
  PostgresTableName table_;
  std::vector<PostgresColumn> columns_;
  std::unique_ptr<RowCopier> copier_;
  std::int64_t rows_ = 0;
  bool has_deletes_ = false;
  Instant written_at_ = {};
  Instant truncate_before_ = {};
};

}  // namespace tendril

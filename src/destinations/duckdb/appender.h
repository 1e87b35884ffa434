// Appender: the quick way of Arrow rows into a DuckDB table: as whole chunks, without SQL. Over a
// million rows a second for plain columns; compressing long texts is what costs most.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "core/result.h"
#include "destinations/duckdb/session.h"
#include "destinations/duckdb/sql.h"

namespace tendril {

// Rows belong to the session's transaction. The table must not be altered while an appender is
// open. Threads: one at a time, together with the session.
class Appender {
 public:
  // Columns of the table that are not in `columns` get their default.
  static Result<std::unique_ptr<Appender>> open(DuckdbSession& session, const TableName& table,
                                                const std::vector<std::string>& columns);
  // Forgets what is not flushed.
  ~Appender();
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;

  // Takes rows with the columns of open(), in that order; DuckDB casts types that are not the
  // table's. `bytes` is about what they weigh. After an error nothing but the destructor may
  // follow. Errors: BadData when a value can not be cast.
  Status append(const arrow::RecordBatch& rows, std::size_t bytes);

  // Hands the rows over to the transaction.
  Status flush();

  // What was appended since the last flush.
  std::size_t pending_bytes() const { return pending_bytes_; }

 private:
  struct Handle;

  Appender(DuckdbSession& session, std::unique_ptr<Handle> handle);

  Status use_schema(const std::shared_ptr<arrow::Schema>& schema);
  Status append_chunk(const arrow::RecordBatch& rows);

  DuckdbSession& session_;
  std::unique_ptr<Handle> handle_;
  std::size_t pending_bytes_ = 0;
};

}  // namespace tendril

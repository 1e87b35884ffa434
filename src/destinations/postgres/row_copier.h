// RowCopier: the quick way of rows into a PostgreSQL table: COPY in the binary format, from one
// buffer that is used again and again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "destinations/postgres/copy_column.h"
#include "destinations/postgres/session.h"
#include "destinations/postgres/sql.h"

namespace tendril {

// Rows belong to the session's transaction. The table must not be altered between the first row and
// flush(). Threads: one at a time, together with the session.
class RowCopier {
 public:
  // Rows have the columns `names`; others of the table get their default. `session` must outlive
  // the copier.
  RowCopier(PostgresSession& session, const PostgresTableName& table,
            const std::vector<std::string>& names);

  // Takes `rows` rows with the columns of the constructor, in that order.
  Status append(const std::vector<std::unique_ptr<CopyColumn>>& columns, std::int64_t rows);

  // Hands all rows over to the session, whose COPY may go on.
  Status flush();

  // What was appended since the last flush.
  std::size_t pending_bytes() const { return size_; }

 private:
  void reserve(std::size_t bytes);
  void encode(const std::vector<std::unique_ptr<CopyColumn>>& columns, const CopyBlock& block);

  PostgresSession& session_;
  const std::string sql_;
  const std::size_t width_;  // Columns.
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
  std::int64_t rows_ = 0;
};

}  // namespace tendril

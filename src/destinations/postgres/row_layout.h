// PostgresRowLayout: which column of a batch goes where in a table; makes the columns of a COPY
// from the batches of one schema.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "data/batch.h"
#include "data/schema.h"
#include "destinations/postgres/copy_column.h"
#include "destinations/postgres/names.h"

namespace tendril {

class PostgresRowLayout {
 public:
  // `names` are the stored names of the columns of `source`; `into` are the table's columns.
  // Columns of `source` that `into` does not have are left out.
  // REQUIRES: those that it has fit their type there.
  PostgresRowLayout(const TableSchema& source, const std::vector<std::string>& names,
                    std::vector<PostgresColumn> into);

  // Returns a column for each of `into`, in that order. One that the source does not have is null.
  // Errors: Internal when `rows` are not of the source's schema; BadData as copy_column().
  Result<std::vector<std::unique_ptr<CopyColumn>>> columns(const arrow::RecordBatch& rows) const;

 private:
  struct Place {
    int column = -1;  // Of the batch; -1 for none.
    Type from = {};
  };

  std::size_t source_columns_;
  std::vector<Place> places_;  // One for each column of the table.
  std::vector<PostgresColumn> into_;
};

}  // namespace tendril

// BatchLayout: which column of a batch goes where in a table; arranges batches of one schema for
// it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "core/result.h"
#include "data/schema.h"

namespace tendril {

class BatchLayout {
 public:
  // `names` are the stored names of the columns of `source`; `into` are the table's columns.
  // Columns of `source` that `into` does not have are left out.
  // REQUIRES: those that it has fit their type there.
  BatchLayout(const TableSchema& source, const std::vector<std::string>& names,
              const std::vector<Column>& into);

  // Returns the rows with the columns of `into`, in that order, and behind them the `marks`,
  // columns that do not come from the source. A column that the source does not have is null.
  // Errors: Internal when `rows` are not of the source's schema.
  Result<std::shared_ptr<arrow::RecordBatch>> arrange(
      const arrow::RecordBatch& rows, const std::vector<std::shared_ptr<arrow::Array>>& marks);

 private:
  struct Place {
    int column = -1;  // Of the batch; -1 for none.
    Type from = {};
    bool as_text = false;
  };

  std::size_t source_columns_;
  std::vector<Place> places_;              // One for each column of the table.
  std::vector<std::string> names_;         // Of the table's columns.
  std::shared_ptr<arrow::Schema> schema_;  // Of the last batch; shared with it.
};

}  // namespace tendril

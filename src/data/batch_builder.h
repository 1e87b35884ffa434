// BatchBuilder: turns records, cell by cell, into a Batch. Columns are declared, or
// learnt from the values; a value that a column cannot hold widens the column, so that
// nothing is lost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "data/batch.h"
#include "data/column_builder.h"
#include "data/schema.h"
#include "data/value.h"

namespace tendril {

// Calls: for each record: any number of cell() and set(), then end_row(). A column that a
//   record does not mention is null there. take() ends the batch; the learnt columns and
//   types stay for the next one.
// Threads: one at a time.
class BatchBuilder {
 public:
  // `declared` gives the table's name, key and the columns known so far.
  explicit BatchBuilder(TableSchema declared);
  ~BatchBuilder();
  BatchBuilder(BatchBuilder&&) noexcept;
  BatchBuilder& operator=(BatchBuilder&&) noexcept;

  // Returns the builder of that column, ready for the current row's value; a new column
  // when there is none. Names are expected in the order of the last record, which costs
  // one comparison; any other order costs a hash. A second value for the same row
  // replaces the first.
  ColumnBuilder& cell(std::string_view column_name);

  // The name that cell() expects next; empty when there is none. cell() of it needs no comparison.
  std::string_view expected_name() const {
    return next_column_ < columns_.size() ? std::string_view(schema_.columns[next_column_].name)
                                          : std::string_view();
  }
  // REQUIRES: expected_name() is not empty.
  ColumnBuilder& expected_cell() { return ready_cell(next_column_); }

  // Ends the record.
  void end_row();

  // Forgets the cells of the record that was not ended.
  void abandon_row();

  // A whole record: one cell for each member.
  void add_row(const Map& record);

  std::int64_t row_count() const { return row_count_; }
  std::size_t bytes() const;  // Roughly, of the columns built so far.

  // Returns all ended rows and starts anew. REQUIRES: no record is open.
  // Errors: Internal when Arrow refuses.
  Result<Batch> take(Operation operation = Operation::Upsert);

  // Types are those of the last batch taken.
  const TableSchema& schema() const { return schema_; }

 private:
  struct Index;

  ColumnBuilder& ready_cell(std::size_t position) {
    next_column_ = position + 1;
    ColumnBuilder& column = *columns_[position];
    if (column.size() != row_count_) {
      make_ready(column);
    }
    return column;
  }
  void make_ready(ColumnBuilder& column) const;

  TableSchema schema_;
  std::shared_ptr<const TableSchema> shared_schema_;  // Of the last batch, while unchanged.
  std::shared_ptr<arrow::Schema> arrow_schema_;
  std::vector<std::unique_ptr<ColumnBuilder>> columns_;
  std::unique_ptr<Index> index_;
  std::size_t next_column_ = 0;
  std::int64_t row_count_ = 0;
};

}  // namespace tendril

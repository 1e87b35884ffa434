// RowCollector: cells of a batch file, one by one, into the columns that are wanted of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/partner/batch_reader.h"
#include "bridges/partner/cell_builder.h"

namespace tendril {

// Calls: for each row any cells, then end_row(); take() from time to time.
// Threads: one at a time.
class RowCollector {
 public:
  // `names` are the columns of the file.
  RowCollector(const BatchFileSource& source, const std::vector<Column>& wanted,
               const std::vector<std::string>& names);

  // The place of a column of the file among those that are wanted; -1 for none.
  int place_of(std::size_t column) const { return places_[column]; }

  // Each adds a value to the column at a place. Errors: BadData.
  Status add_text(int place, std::string_view text);
  void add_null(int place);
  // The bytes themselves, for a Binary column.
  void add_bytes(int place, std::string_view bytes);
  // `text` is null_string or, in a file of updates, unmodified_string: it was added.
  bool add_marker(int place, std::string_view text);

  void end_row();
  std::int64_t rows_ended() const { return rows_ended_; }
  // "batch file X, row 3"; the row that is collected.
  std::string where() const;

  // True when there is enough for a batch.
  bool full() const { return pending_rows_ >= kRowsMax || pending_bytes_ >= kBytesMax; }
  bool empty() const { return pending_rows_ == 0; }

  // Returns the rows that were ended since the last call.
  Result<BatchFileRows> take();

 private:
  static constexpr std::int64_t kRowsMax = 16'384;
  static constexpr std::size_t kBytesMax = std::size_t{8} * 1024 * 1024;

  const BatchFileSource source_;
  const std::vector<Column> wanted_;
  std::vector<int> places_;
  std::vector<std::unique_ptr<CellBuilder>> builders_;
  std::vector<bool> present_;  // Of the wanted columns: the file has it.
  std::string marks_;          // Of the row; empty unless of updates.
  const std::string first_marks_;
  std::unique_ptr<CellBuilder> unmodified_;
  std::int64_t rows_ended_ = 0;
  std::int64_t pending_rows_ = 0;
  std::size_t pending_bytes_ = 0;
};

}  // namespace tendril

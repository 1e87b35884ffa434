// WireRows: records of an update as the rows of one frame, so that what comes over the partner
// protocol goes the way of what our own package for projects sends.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/fivetran/frame.h"
#include "core/result.h"
#include "data/types.h"

namespace fivetran_sdk::v2 {
class Record;
class ValueType;
}  // namespace fivetran_sdk::v2

namespace tendril {

// The declared types of a table's columns. Values that do not say what they are need them.
using WireTypes = std::map<std::string, Type, std::less<>>;

// Threads: one at a time.
class WireRows {
 public:
  // `checks_json`: JSON that is none is refused.
  explicit WireRows(bool checks_json) : checks_json_(checks_json) {}

  // Begins anew. Errors: Unsupported for an operation that a later version of the protocol may
  // have.
  Status begin(std::string table, const fivetran_sdk::v2::Record& record);

  // The record is of the table and the operation that the rows so far are of.
  bool continues_with(std::string_view table, const fivetran_sdk::v2::Record& record) const;

  // Errors: BadData and Unsupported, naming table and column.
  Status add(const fivetran_sdk::v2::Record& record, const WireTypes& types);

  void clear();
  bool empty() const { return rows_ == 0; }
  std::size_t bytes() const { return bytes_; }

  // Until the next call.
  RowsFrame frame() const;

 private:
  struct Cells {
    std::string name;
    std::string tags = {};
    std::string values = {};
  };

  Cells& cells_of(std::string_view name);
  Status put(Cells& cells, const fivetran_sdk::v2::ValueType& value);
  Status put_encoded(Cells& cells, std::string_view bytes, const WireTypes& types);
  Status put_scalar(Cells& cells, std::string_view text, const WireTypes& types);
  Status put_json(Cells& cells, std::string_view text);
  Status put_cell(Cells& cells, const FrameCell& cell);

  const bool checks_json_;
  std::string table_;
  int type_ = 0;
  RowOperation operation_ = RowOperation::Upsert;
  std::vector<Cells> columns_;
  std::map<std::string, std::size_t, std::less<>> index_;
  std::size_t rows_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace tendril

// ListRows: the elements of lists in JSON as rows of tables of their own: `orders.lines` becomes
// `orders__lines`, the list `taxes` in each line `orders__lines__taxes`.
//
//   {"id": 7, "lines": [{"sku": "a", "size": {"w": 1}}, {"sku": "b", "taxes": [5, 7]}]}
//
//   orders__lines         _parent_id 7  _index 0  sku a  size__w 1
//                         _parent_id 7  _index 1  sku b
//   orders__lines__taxes  _parent_id 7  _index_1 1  _index 0  value 5
//                         _parent_id 7  _index_1 1  _index 1  value 7
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "data/batch.h"
#include "data/batch_builder.h"
#include "data/schema.h"

namespace tendril {

// Which lists become tables.
struct ListChoice {
  bool all = false;
  std::vector<std::string> paths = {};  // "lines", "lines.taxes"; those on the way count too.
  int depth_max = 1;                    // Lists in lists in lists; deeper ones stay JSON.

  bool holds(std::string_view path) const;
};

// "orders__lines__taxes" for "orders" and "lines.taxes".
std::string list_table_name(std::string_view table, std::string_view path);

// The columns by which rows of the list at `path` name their row of `parent`, with its types; and
// the key of the list's table.
TableSchema list_parent_columns(const TableSchema& parent, std::string_view path);
std::vector<std::string> list_key(const TableSchema& parent, std::string_view path);

// Both together: the table as it is before it has rows.
TableSchema list_table(const TableSchema& parent, std::string_view path);

// Threads: one at a time.
class ListRows {
 public:
  // `parent` has a primary key, and types for its columns.
  ListRows(TableSchema parent, ListChoice choice);
  ~ListRows();

  // Adds the elements of the list `json`, in column `column` of row `row` of `parent_rows`.
  // Errors: BadData when it is no list in JSON.
  Status add(std::string_view column, std::string_view json, const Batch& parent_rows,
             std::int64_t row);

  // Returns the rows of each list so far, by path, and starts anew with the columns learnt.
  Result<std::map<std::string, Batch>> take();

 private:
  class Walk;

  BatchBuilder& builder_of(const std::string& path);

  const TableSchema parent_;
  const ListChoice choice_;
  std::map<std::string, BatchBuilder> builders_;  // By path.
  struct Parser;
  const std::unique_ptr<Parser> parser_;
};

}  // namespace tendril

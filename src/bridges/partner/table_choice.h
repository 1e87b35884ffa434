// TableChoice: which tables and columns a client of the partner protocol wants.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/result.h"

namespace fivetran_sdk::v2 {
class UpdateRequest;
}  // namespace fivetran_sdk::v2

namespace tendril {

class TableChoice {
 public:
  TableChoice() = default;  // All of them.

  // Errors: InvalidConfig for a selection by schemas, which our sources do not have.
  static Result<TableChoice> parse(const fivetran_sdk::v2::UpdateRequest& request);

  // Tables that the selection does not name are wanted too.
  bool has_other_tables() const { return other_tables_; }
  bool has_table(std::string_view table) const;
  bool has_column(std::string_view table, std::string_view column) const;

 private:
  struct Table {
    bool included = true;
    std::map<std::string, bool, std::less<>> columns;
    bool other_columns = true;
  };

  std::map<std::string, Table, std::less<>> tables_;
  bool other_tables_ = true;
};

}  // namespace tendril

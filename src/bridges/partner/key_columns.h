// Pieces of SQL about the columns of a table: lists of them, and keys that are the same.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connector/sql_warehouse.h"

namespace tendril {

// "t.a, t.b", each behind `prefix`.
std::string column_list(const SqlSession& session, const std::vector<std::string>& names,
                        std::string_view prefix = "");

// "t.a = s.a AND t.b = s.b": the rows of `left` and `right` have the same key. REQUIRES:
// !key.empty().
std::string same_keys(const SqlSession& session, const std::vector<std::string>& key,
                      std::string_view left, std::string_view right);

// "schema.table", for people.
std::string shown(const SqlTableName& name);

}  // namespace tendril

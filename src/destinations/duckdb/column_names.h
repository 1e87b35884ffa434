// The names under which a source's columns are stored. DuckDB does not tell "Id" from "id"; sources
// do, so the second of two such columns is stored as "id__2".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "data/schema.h"
#include "destinations/duckdb/dialect.h"

namespace tendril {

// A name that SQL can carry: NUL becomes "_", and so does no name at all.
std::string stored_name(std::string_view name);

// True when DuckDB takes both for the same.
bool same_name(std::string_view a, std::string_view b);

// Returns the stored name of each column of `source`, in order. Columns keep the names under which
// `stored` has them, whatever the order in which a source mentions them. `adopt` takes a column of
// another spelling for the same: for tables that somebody else made.
// Errors: InvalidConfig when a column has one of our own names, or one of the `marks`.
Result<std::vector<std::string>> stored_names(const std::vector<Column>& source,
                                              const std::vector<Column>& stored, bool adopt,
                                              const TableMarks& marks = {});

// The columns under other names, as stored_names() returned them.
std::vector<Column> renamed(std::vector<Column> columns, const std::vector<std::string>& names);

}  // namespace tendril

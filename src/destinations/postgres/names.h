// The names under which a source's tables and columns are stored. PostgreSQL cuts a name after 63
// bytes, silently; ours are cut with a hash of the whole, so that two long names stay two.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "data/schema.h"
#include "destinations/postgres/sql.h"

namespace tendril {

// A column as the table has it.
struct PostgresColumn {
  std::string name;    // As stored.
  std::string source;  // As the source calls it.
  PostgresType type;
};

// A name that PostgreSQL can carry, the same for the same name: NUL becomes "_", and so does no
// name at all; "xmin" and its like, which each table has, get a "_"; what is too long is cut.
std::string postgres_identifier(std::string_view name);

// Sixteen hexadecimal digits, the same for the same name.
std::string name_hash(std::string_view name);

// Returns the stored name of each column of `source`, in order. Columns keep the names under which
// `stored` has them; two names of one stored form are told apart by a number.
// Errors: InvalidConfig when a column has one of our own names.
Result<std::vector<std::string>> postgres_column_names(const std::vector<Column>& source,
                                                       const std::vector<PostgresColumn>& stored);

}  // namespace tendril

// SQL text for DuckDB: names and values quoted, types spelt, values of one type turned into
// another.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/types.h"

namespace tendril {

// REQUIRES: no NUL in `name`; stored_name() sees to that.
std::string sql_name(std::string_view name);

// REQUIRES: no NUL in `text`; whatever may have one is bound as a parameter instead.
std::string sql_text(std::string_view text);

// A table as SQL names it. Only tables of this program's own making are temporary.
struct TableName {
  std::string catalog;
  std::string schema;
  std::string table;

  std::string sql() const;
};

// The catalog under which a session finds the database file.
constexpr std::string_view kFileCatalog = "warehouse";

// A table that only this session sees and that leaves with it.
TableName temporary_table(std::string name);

// "VARCHAR" for String, Xml and Unknown: DuckDB does not tell them apart.
std::string sql_type(Type type);

// The type whose values a column of the DuckDB type `text` holds, all of them and no others.
// Returns nullopt for types that no source column has, as HUGEINT or STRUCT(...).
std::optional<Type> parse_sql_type(std::string_view text);

// The expression that turns `expression`, of type `from`, into `to`, with the spellings that
// ColumnBuilder has for values in a wider column. REQUIRES: fits(from, to).
std::string sql_conversion(const std::string& expression, Type from, Type to);

// True when DuckDB's own cast spells the values as sql_conversion() does, so that an appender can
// be left to do it.
bool casts_plainly(Type from, Type to);

// "a, b, c", each quoted and behind `prefix`.
std::string sql_names(const std::vector<std::string>& names, std::string_view prefix = "");

}  // namespace tendril

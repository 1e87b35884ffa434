// SQL text for PostgreSQL: names and values quoted, types spelt, values of one type turned into
// another.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/instant.h"
#include "data/types.h"

namespace tendril {

// REQUIRES: no NUL in `name`; postgres_identifier() sees to that.
std::string postgres_name(std::string_view name);

// REQUIRES: no NUL in `text`.
std::string postgres_text(std::string_view text);

// A table as SQL names it; without a schema it is one that only this session sees.
struct PostgresTableName {
  std::string schema;
  std::string table;

  std::string sql() const;
};

// The type of a column. Json is "jsonb", or "json" where the column holds a text that jsonb can not
// hold.
struct PostgresType {
  Type type;
  bool exact_json = false;

  friend bool operator==(const PostgresType&, const PostgresType&) = default;
};

// "text" for String, Xml and Unknown: PostgreSQL's xml takes whole documents only.
std::string postgres_type(const PostgresType& type);

// The type whose values a column of the PostgreSQL type `text`, as format_type() spells it, holds,
// all of them and no others. Returns nullopt for types that no source column has.
std::optional<PostgresType> parse_postgres_type(std::string_view text);

// The expression that turns `expression`, of type `from`, into `to`, with the spellings that
// ColumnBuilder has for values in a wider column. REQUIRES: fits(from.type, to.type), or `from` is
// Unknown.
std::string postgres_conversion(const std::string& expression, const PostgresType& from,
                                const PostgresType& to);

// A timestamptz, to the microsecond.
std::string postgres_instant(Instant instant);

// "a, b, c", each quoted and behind `prefix`.
std::string postgres_names(const std::vector<std::string>& names, std::string_view prefix = "");

}  // namespace tendril

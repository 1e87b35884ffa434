#include "destinations/duckdb/sql.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "core/check.h"

namespace tendril {
namespace {

constexpr std::array<std::pair<TypeKind, std::string_view>, 16> kTypes{{
    {TypeKind::Boolean, "BOOLEAN"},
    {TypeKind::Short, "SMALLINT"},
    {TypeKind::Int, "INTEGER"},
    {TypeKind::Long, "BIGINT"},
    {TypeKind::Float, "FLOAT"},
    {TypeKind::Double, "DOUBLE"},
    {TypeKind::NaiveDate, "DATE"},
    {TypeKind::NaiveTime, "TIME"},
    {TypeKind::NaiveDatetime, "TIMESTAMP"},
    {TypeKind::UtcDatetime, "TIMESTAMP WITH TIME ZONE"},
    {TypeKind::Binary, "BLOB"},
    {TypeKind::Json, "JSON"},
    {TypeKind::String, "VARCHAR"},
    {TypeKind::Xml, "VARCHAR"},
    {TypeKind::Unknown, "VARCHAR"},
    {TypeKind::Decimal, "DECIMAL"},
}};

std::string quoted(std::string_view text, char quote) {
  CHECK(text.find('\0') == std::string_view::npos);
  std::string out(1, quote);
  for (const char c : text) {
    out.append(c == quote ? 2 : 1, c);
  }
  out += quote;
  return out;
}

// Formats an instant with three digits of the second, six, or none, as to_iso() does.
std::string datetime_text(const std::string& instant, std::string_view format,
                          std::string_view suffix) {
  return fmt::format(
      "CASE WHEN epoch_us({0}) % 1000000 = 0 THEN strftime({0}, '{1}{2}') "
      "WHEN epoch_us({0}) % 1000 = 0 THEN strftime({0}, '{1}.%g{2}') "
      "ELSE strftime({0}, '{1}.%f{2}') END",
      instant, format, suffix);
}

std::string floating_text(const std::string& number) {
  return fmt::format(
      "CASE WHEN isnan({0}) THEN 'NaN' "
      "WHEN isinf({0}) THEN CASE WHEN {0} > 0 THEN 'Infinity' ELSE '-Infinity' END "
      "ELSE CAST({0} AS VARCHAR) END",
      number);
}

}  // namespace

std::string sql_name(std::string_view name) { return quoted(name, '"'); }

std::string sql_text(std::string_view text) { return quoted(text, '\''); }

std::string TableName::sql() const {
  return sql_name(catalog) + "." + sql_name(schema) + "." + sql_name(table);
}

TableName temporary_table(std::string name) { return {"temp", "main", std::move(name)}; }

std::string sql_type(Type type) {
  if (type.kind == TypeKind::Decimal) {
    return fmt::format("DECIMAL({},{})", type.precision, type.scale);
  }
  const auto* const found = std::find_if(kTypes.begin(), kTypes.end(),
                                         [&](const auto& each) { return each.first == type.kind; });
  CHECK(found != kTypes.end());
  return std::string(found->second);
}

std::optional<Type> parse_sql_type(std::string_view text) {
  for (const auto& [kind, name] : kTypes) {
    if (name == text && kind != TypeKind::Decimal) {
      return Type{kind};
    }
  }
  if (text.substr(0, 8) != "DECIMAL(") {
    return std::nullopt;
  }
  int precision = 0;
  int scale = 0;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data() + 8, end, precision);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != ',') {
    return std::nullopt;
  }
  const auto second = std::from_chars(first.ptr + 1, end, scale);
  if (second.ec != std::errc() || second.ptr + 1 != end || *second.ptr != ')') {
    return std::nullopt;
  }
  return decimal_type(precision, scale);
}

std::string sql_conversion(const std::string& expression, Type from, Type to) {
  if (sql_type(from) == sql_type(to)) {
    return expression;
  }
  if (casts_plainly(from, to)) {
    return fmt::format("CAST({} AS {})", expression, sql_type(to));
  }
  switch (from.kind) {
    case TypeKind::Float:
    case TypeKind::Double: return floating_text(expression);
    case TypeKind::NaiveTime:
      return datetime_text("(DATE '1970-01-01' + " + expression + ")", "%H:%M:%S", "");
    case TypeKind::NaiveDatetime: return datetime_text(expression, "%Y-%m-%dT%H:%M:%S", "");
    case TypeKind::UtcDatetime:
      return datetime_text("(" + expression + " AT TIME ZONE 'UTC')", "%Y-%m-%dT%H:%M:%S", "Z");
    case TypeKind::Binary: return "to_base64(" + expression + ")";
    case TypeKind::Decimal:  // Without a digit before the point, DuckDB writes none.
      return fmt::format("regexp_replace(CAST({} AS VARCHAR), '^(-?)[.]', '\\10.')", expression);
    default: break;
  }
  CHECK(casts_plainly(from, to));
  return expression;
}

bool casts_plainly(Type from, Type to) {
  if (to.kind != TypeKind::String) {
    return true;
  }
  switch (from.kind) {
    case TypeKind::Float:
    case TypeKind::Double:
    case TypeKind::NaiveTime:
    case TypeKind::NaiveDatetime:
    case TypeKind::UtcDatetime:
    case TypeKind::Binary: return false;
    case TypeKind::Decimal: return from.scale < from.precision;
    default: return true;
  }
}

std::string sql_names(const std::vector<std::string>& names, std::string_view prefix) {
  std::string list;
  for (const std::string& name : names) {
    list += list.empty() ? "" : ", ";
    list += prefix;
    list += sql_name(name);
  }
  return list;
}

}  // namespace tendril

#include "destinations/postgres/sql.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "core/check.h"

namespace tendril {
namespace {

constexpr std::array<std::pair<TypeKind, std::string_view>, 16> kTypes{{
    {TypeKind::Boolean, "boolean"},
    {TypeKind::Short, "smallint"},
    {TypeKind::Int, "integer"},
    {TypeKind::Long, "bigint"},
    {TypeKind::Float, "real"},
    {TypeKind::Double, "double precision"},
    {TypeKind::NaiveDate, "date"},
    {TypeKind::NaiveTime, "time without time zone"},
    {TypeKind::NaiveDatetime, "timestamp without time zone"},
    {TypeKind::UtcDatetime, "timestamp with time zone"},
    {TypeKind::Binary, "bytea"},
    {TypeKind::Json, "jsonb"},
    {TypeKind::String, "text"},
    {TypeKind::Xml, "text"},
    {TypeKind::Unknown, "text"},
    {TypeKind::Decimal, "numeric"},
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

// Formats an instant with three digits of the second, six, or none, as to_iso() does. Before the
// year 1, which the patterns do not tell from those after it, PostgreSQL's own spelling is taken.
std::string datetime_text(const std::string& instant, std::string_view date,
                          std::string_view suffix) {
  const auto pattern = [&](std::string_view fraction) {
    return fmt::format("pg_catalog.to_char({}, '{}HH24:MI:SS{}')", instant, date, fraction);
  };
  return fmt::format(
      "CASE WHEN {0} < timestamp '0001-01-01' THEN {0}::text "
      "WHEN extract(microseconds FROM {0})::bigint % 1000000 = 0 THEN {1} "
      "WHEN extract(microseconds FROM {0})::bigint % 1000 = 0 THEN {2} ELSE {3} END{4}",
      instant, pattern(""), pattern(".MS"), pattern(".US"),
      suffix.empty() ? "" : fmt::format(" || '{}'", suffix));
}

// As number_text() has it, which turns to exponents at other sizes than PostgreSQL.
std::string floating_text(const std::string& number) {
  const std::string text = fmt::format("{}::text", number);
  const auto with_point = [](const std::string& digits) {
    return fmt::format("{0} || CASE WHEN strpos({0}, '.') = 0 THEN '.0' ELSE '' END", digits);
  };
  return fmt::format(
      "CASE WHEN {0} !~ '[0-9]' THEN {0} WHEN strpos({0}, 'e') = 0 THEN {1} "
      "WHEN abs({2}) >= 1e-4 AND abs({2}) < 1e16 THEN {3} ELSE {0} END",
      text, with_point(text), number, with_point(text + "::numeric::text"));
}

// jsonb's own spelling has a blank behind each ":" and ",", in texts too, which must stay.
std::string json_text(const std::string& value) {
  return fmt::format(
      R"(pg_catalog.regexp_replace({}::text, '("(?:[^"\\]|\\.)*")|([:,]) ', '\1\2', 'g'))", value);
}

}  // namespace

std::string postgres_name(std::string_view name) { return quoted(name, '"'); }

std::string postgres_text(std::string_view text) { return quoted(text, '\''); }

std::string PostgresTableName::sql() const {
  return postgres_name(schema.empty() ? "pg_temp" : schema) + "." + postgres_name(table);
}

std::string postgres_type(const PostgresType& type) {
  if (type.type.kind == TypeKind::Decimal) {
    return fmt::format("numeric({},{})", type.type.precision, type.type.scale);
  }
  if (type.type.kind == TypeKind::Json && type.exact_json) {
    return "json";
  }
  const auto* const found = std::find_if(
      kTypes.begin(), kTypes.end(), [&](const auto& each) { return each.first == type.type.kind; });
  CHECK(found != kTypes.end());
  return std::string(found->second);
}

std::optional<PostgresType> parse_postgres_type(std::string_view text) {
  if (text == "json") {
    return PostgresType{{TypeKind::Json}, true};
  }
  if (text == "character varying") {
    return PostgresType{{TypeKind::String}};
  }
  for (const auto& [kind, name] : kTypes) {
    if (name == text && kind != TypeKind::Decimal) {
      return PostgresType{{kind}};
    }
  }
  if (text.substr(0, 8) != "numeric(") {
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
  if (second.ec != std::errc() || second.ptr + 1 != end || *second.ptr != ')' || precision > 38 ||
      scale < 0 || scale > precision) {
    return std::nullopt;
  }
  return PostgresType{decimal_type(precision, scale)};
}

std::string postgres_conversion(const std::string& expression, const PostgresType& from,
                                const PostgresType& to) {
  if (postgres_type(from) == postgres_type(to)) {
    return expression;
  }
  if (to.type.kind == TypeKind::String) {
    switch (from.type.kind) {
      case TypeKind::Float:
      case TypeKind::Double: return floating_text(expression);
      case TypeKind::NaiveTime:
        return datetime_text("(date '1970-01-01' + " + expression + ")", "", "");
      case TypeKind::NaiveDatetime: return datetime_text(expression, "YYYY-MM-DD\"T\"", "");
      case TypeKind::UtcDatetime:
        return datetime_text("(" + expression + " AT TIME ZONE 'UTC')", "YYYY-MM-DD\"T\"", "Z");
      case TypeKind::Binary: return "replace(encode(" + expression + R"(, 'base64'), E'\n', ''))";
      case TypeKind::Json:
        if (!from.exact_json) {
          return json_text(expression);
        }
        break;
      default: break;
    }
  }
  return fmt::format("{}::{}", expression, postgres_type(to));
}

// By its number: no text to read, and no zone to know.
std::string postgres_instant(Instant instant) {
  constexpr std::int64_t kMicrosPerSecond = 1'000'000;
  std::int64_t seconds = micros_of(instant) / kMicrosPerSecond;
  std::int64_t micros = micros_of(instant) % kMicrosPerSecond;
  if (micros < 0) {
    micros += kMicrosPerSecond;
    --seconds;
  }
  return fmt::format("(to_timestamp({}) + interval '{} microseconds')", seconds, micros);
}

std::string postgres_names(const std::vector<std::string>& names, std::string_view prefix) {
  std::string list;
  for (const std::string& name : names) {
    list += list.empty() ? "" : ", ";
    list += prefix;
    list += postgres_name(name);
  }
  return list;
}

}  // namespace tendril

#include "destinations/lake/lake_sql.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "connector/marks.h"
#include "core/check.h"
#include "destinations/lake/lake_names.h"

namespace tendril {
namespace {

std::string enclosed(std::string_view text, char quote) {
  CHECK(text.find('\0') == std::string_view::npos);
  std::string out(1, quote);
  for (const char c : text) {
    out.append(c == quote ? 2 : 1, c);
  }
  return out += quote;
}

// Six digits of a second, three, or none, as to_iso() writes them.
std::string iso_text(const std::string& instant, std::string_view format, std::string_view suffix) {
  return fmt::format(
      "CASE WHEN epoch_us({0}) % 1000000 = 0 THEN strftime({0}, '{1}{2}') "
      "WHEN epoch_us({0}) % 1000 = 0 THEN strftime({0}, '{1}.%g{2}') "
      "ELSE strftime({0}, '{1}.%f{2}') END",
      instant, format, suffix);
}

std::string text_of(const std::string& value, Type from) {
  switch (from.kind) {
    case TypeKind::Float:
    case TypeKind::Double:
      return fmt::format(
          "CASE WHEN isnan({0}) THEN 'NaN' WHEN isinf({0}) THEN CASE WHEN {0} > 0 THEN 'Infinity' "
          "ELSE '-Infinity' END ELSE CAST({0} AS VARCHAR) END",
          value);
    case TypeKind::NaiveTime:
      return iso_text("(DATE '1970-01-01' + " + value + ")", "%H:%M:%S", "");
    case TypeKind::NaiveDatetime: return iso_text(value, "%Y-%m-%dT%H:%M:%S", "");
    case TypeKind::UtcDatetime:
      return iso_text("(" + value + " AT TIME ZONE 'UTC')", "%Y-%m-%dT%H:%M:%S", "Z");
    case TypeKind::Binary: return "to_base64(" + value + ")";
    case TypeKind::Decimal:  // Where no digit comes before the point, DuckDB writes none.
      return fmt::format("regexp_replace(CAST({} AS VARCHAR), '^(-?)[.]', '\\10.')", value);
    default: return fmt::format("CAST({} AS VARCHAR)", value);
  }
}

bool is_integer(TypeKind kind) {
  return kind == TypeKind::Short || kind == TypeKind::Int || kind == TypeKind::Long;
}

std::string wanted_marks(const LakeLayout& wanted, const LakeLayout& layout) {
  std::string list = quoted_name(kSyncedColumn);
  if (wanted.has_deleted) {
    list += layout.has_deleted ? ", " + quoted_name(kDeletedColumn)
                               : ", CAST(NULL AS BOOLEAN) AS " + quoted_name(kDeletedColumn);
  }
  if (wanted.has_versions) {
    CHECK(layout.has_versions);
    list += fmt::format(", {}, {}, {}", quoted_name(kStartColumn), quoted_name(kEndColumn),
                        quoted_name(kActiveColumn));
  }
  return list;
}

}  // namespace

std::string quoted_name(std::string_view name) { return enclosed(name, '"'); }

std::string quoted_text(std::string_view text) { return enclosed(text, '\''); }

std::string duckdb_type_name(Type type) {
  switch (type.kind) {
    case TypeKind::Boolean: return "BOOLEAN";
    case TypeKind::Short: return "SMALLINT";
    case TypeKind::Int: return "INTEGER";
    case TypeKind::Long: return "BIGINT";
    case TypeKind::Float: return "FLOAT";
    case TypeKind::Double: return "DOUBLE";
    case TypeKind::Decimal: return fmt::format("DECIMAL({},{})", type.precision, type.scale);
    case TypeKind::NaiveDate: return "DATE";
    case TypeKind::NaiveTime: return "TIME";
    case TypeKind::NaiveDatetime: return "TIMESTAMP";
    case TypeKind::UtcDatetime: return "TIMESTAMP WITH TIME ZONE";
    case TypeKind::Binary: return "BLOB";
    case TypeKind::Json: return "JSON";
    case TypeKind::Unknown:
    case TypeKind::Xml:
    case TypeKind::String: break;
  }
  return "VARCHAR";
}

std::string converted_value(const std::string& expression, Type from, Type to) {
  if (duckdb_type_name(from) == duckdb_type_name(to)) {
    return expression;
  }
  return to.kind == TypeKind::String
             ? text_of(expression, from)
             : fmt::format("CAST({} AS {})", expression, duckdb_type_name(to));
}

std::string wanted_column(const Column& wanted, const LakeLayout& present,
                          const WideningSteps& steps) {
  const Column* const found = present.find(wanted.name);
  const std::string name = quoted_name(wanted.name);
  if (found == nullptr || found->type.kind == TypeKind::Unknown) {
    return fmt::format("CAST(NULL AS {}) AS {}", duckdb_type_name(wanted.type), name);
  }
  std::string value = name;
  Type type = found->type;
  if (const auto passed = steps.find(wanted.name); passed != steps.end()) {
    for (const Type step : passed->second) {
      if (fits(type, step)) {
        value = converted_value(value, type, step);
        type = step;
      }
    }
  }
  return converted_value(value, type, wanted.type) + " AS " + name;
}

std::string timestamp_literal(Instant instant) {
  return fmt::format("make_timestamptz({})", micros_of(instant));
}

bool unites(Type narrow, Type wide) {
  if (narrow == wide || narrow.kind == TypeKind::Unknown) {
    return true;
  }
  if (is_integer(narrow.kind)) {
    return is_integer(wide.kind) || wide.kind == TypeKind::Double;
  }
  return (narrow.kind == TypeKind::Float && wide.kind == TypeKind::Double) ||
         (narrow.kind == TypeKind::NaiveDate && wide.kind == TypeKind::NaiveDatetime) ||
         (narrow.kind == TypeKind::Xml && wide.kind == TypeKind::String);
}

std::string relation_of(const std::vector<ReadableFile>& files, const LakeLayout& wanted,
                        const WideningSteps& steps, bool names) {
  CHECK(!files.empty());
  std::vector<std::pair<const LakeLayout*, std::string>> groups;
  for (const ReadableFile& file : files) {
    auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& each) {
      return each.first == file.layout || *each.first == *file.layout;
    });
    if (group == groups.end()) {
      groups.emplace_back(file.layout, "");
      group = groups.end() - 1;
    }
    group->second += (group->second.empty() ? "" : ", ") + quoted_text(file.path.string());
  }
  std::string relation;
  for (const auto& [layout, paths] : groups) {
    std::string columns;
    for (const Column& column : wanted.columns) {
      if (column.type.kind != TypeKind::Unknown) {
        columns += wanted_column(column, *layout, steps) + ", ";
      }
    }
    columns += wanted_marks(wanted, *layout);
    columns += names ? ", " + quoted_name(kLakeFileColumn) : "";
    relation += fmt::format(
        "{}SELECT {} FROM read_parquet([{}], hive_partitioning = false{})",
        relation.empty() ? "(" : " UNION ALL ", columns, paths,
        names ? fmt::format(", filename = {}", quoted_text(kLakeFileColumn)) : std::string());
  }
  return relation + ")";
}

std::vector<std::string> stored_columns(const LakeLayout& layout) {
  std::vector<std::string> names;
  for (const Column& column : layout.columns) {
    if (column.type.kind != TypeKind::Unknown) {
      names.push_back(column.name);
    }
  }
  names.emplace_back(kSyncedColumn);
  if (layout.has_deleted) {
    names.emplace_back(kDeletedColumn);
  }
  if (layout.has_versions) {
    names.insert(names.end(),
                 {std::string(kStartColumn), std::string(kEndColumn), std::string(kActiveColumn)});
  }
  return names;
}

std::string same_values(const std::vector<std::string>& columns, std::string_view a,
                        std::string_view b) {
  std::string condition;
  for (const std::string& column : columns) {
    condition += fmt::format("{}{}.{} IS NOT DISTINCT FROM {}.{}", condition.empty() ? "" : " AND ",
                             a, quoted_name(column), b, quoted_name(column));
  }
  return condition.empty() ? "true" : condition;
}

std::string name_list(const std::vector<std::string>& columns, std::string_view table) {
  std::string list;
  for (const std::string& column : columns) {
    list += list.empty() ? "" : ", ";
    list += table.empty() ? "" : std::string(table) + ".";
    list += quoted_name(column);
  }
  return list;
}

}  // namespace tendril

#include "cli/dry_run_text.h"

#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "data/json.h"
#include "sync/stream_plan.h"

namespace tendril {
namespace {

// A cursor of many partitions is cut off for people.
constexpr std::size_t kCursorCharactersMax = 200;

std::string_view rule_text(ContractRule rule) {
  switch (rule) {
    case ContractRule::Evolve: return "evolve";
    case ContractRule::Freeze: return "values in it fail the stream";
    case ContractRule::DiscardRow: return "rows with a value in it are rejected";
    case ContractRule::DiscardValue: return "its values are discarded";
  }
  return "unknown";
}

std::string_view misfit_text(ContractRule rule) {
  switch (rule) {
    case ContractRule::Evolve: return "evolve";
    case ContractRule::Freeze: return "values that do not fit fail the stream";
    case ContractRule::DiscardRow: return "rows with values that do not fit are rejected";
    case ContractRule::DiscardValue: return "values that do not fit are discarded";
  }
  return "unknown";
}

std::string column_text(const ColumnForecast& column) {
  const std::string to = to_string(column.to);
  const std::string from = column.from ? to_string(*column.from) : "";
  switch (column.what) {
    case ColumnForecast::What::Added: return fmt::format("  + {} {}\n", column.column, to);
    case ColumnForecast::What::Widened:
      return fmt::format("  ~ {} {} -> {}\n", column.column, from, to);
    case ColumnForecast::What::Kept:
      return fmt::format("  = {} {} stays, the source says {}: {}\n", column.column, from, to,
                         misfit_text(column.rule));
    case ColumnForecast::What::LeftOut:
      return fmt::format("  - {} {} is not added: {}\n", column.column, to, rule_text(column.rule));
    case ColumnForecast::What::Varied:
      return fmt::format(
          "  = {} {} stays, the source says {}: other values get columns of their "
          "own\n",
          column.column, from, to);
  }
  return "";
}

std::string reading_text(const TableForecast& table) {
  std::string text = table.incremental ? "incremental" : "read whole";
  if (table.resumes) {
    text += ", goes on with an unfinished load";
  } else if (table.incremental && table.cursor.is_null()) {
    text += ", from the start";
  } else if (table.incremental) {
    std::string cursor = to_json(table.cursor);
    if (cursor.size() > kCursorCharactersMax) {
      cursor.resize(kCursorCharactersMax);
      cursor += "...";
    }
    text += ", from " + cursor;
  }
  return text + (table.cursor_field.empty() ? "" : ", by " + table.cursor_field);
}

std::string lists_text(const TableForecast& table) {
  if (table.all_lists) {
    return "  lists become tables of their own\n";
  }
  return table.child_paths.empty()
             ? ""
             : fmt::format("  lists that become tables: {}\n", fmt::join(table.child_paths, ", "));
}

std::string table_text(const TableForecast& table) {
  std::string text = fmt::format("{}: {}, {}{}, {}\n", table.table,
                                 table.exists ? "exists" : "new table", to_string(table.mode),
                                 table.hard_deletes ? ", hard deletes" : "", reading_text(table));
  if (table.refused) {
    return text + "  refused: " + table.refused->message + "\n";
  }
  text += table.primary_key.empty()
              ? "  no primary key\n"
              : fmt::format("  primary key: {}\n", fmt::join(table.primary_key, ", "));
  if (table.contract != Contract()) {
    text += fmt::format("  contract: columns {}, types {}\n", to_string(table.contract.columns),
                        to_string(table.contract.types));
  }
  text += lists_text(table);
  if (table.columns.empty()) {
    text += table.columns_declared == 0 ? "  columns are learnt from the rows\n"
                                        : "  columns stay as they are\n";
  }
  for (const ColumnForecast& column : table.columns) {
    text += column_text(column);
  }
  return text;
}

std::string_view name_of(ColumnForecast::What what) {
  switch (what) {
    case ColumnForecast::What::Added: return "added";
    case ColumnForecast::What::Widened: return "widened";
    case ColumnForecast::What::Kept: return "kept";
    case ColumnForecast::What::LeftOut: return "left_out";
    case ColumnForecast::What::Varied: return "varied";
  }
  return "unknown";
}

List list_of(const std::vector<std::string>& texts) { return {texts.begin(), texts.end()}; }

Value column_json(const ColumnForecast& column) {
  Map map{{"change", Value(name_of(column.what))}, {"column", Value(column.column)}};
  if (column.from) {
    map.append("from", Value(to_string(*column.from)));
  }
  map.append("to", Value(to_string(column.to)));
  map.append("contract", Value(to_string(column.rule)));
  return map;
}

Value table_json(const TableForecast& table) {
  List columns;
  for (const ColumnForecast& column : table.columns) {
    columns.push_back(column_json(column));
  }
  Map map{{"table", Value(table.table)},
          {"exists", Value(table.exists)},
          {"mode", Value(to_string(table.mode))},
          {"hard_deletes", Value(table.hard_deletes)},
          {"incremental", Value(table.incremental)},
          {"resumes", Value(table.resumes)},
          {"primary_key", Value(list_of(table.primary_key))},
          {"cursor_field", Value(table.cursor_field)},
          {"cursor", table.cursor},
          {"contract", Map{{"columns", Value(to_string(table.contract.columns))},
                           {"types", Value(to_string(table.contract.types))}}},
          {"normalize", table.all_lists ? Value(true) : Value(list_of(table.child_paths))},
          {"columns", Value(std::move(columns))}};
  if (table.refused) {
    map.append("refused", Value(table.refused->message));
  }
  return map;
}

}  // namespace

std::string dry_run_text(std::span<const TableForecast> forecasts) {
  std::string text;
  for (const TableForecast& table : forecasts) {
    text += table_text(table);
  }
  if (forecasts.empty()) {
    text = "no table is known before its first row\n";
  }
  return text + "nothing was read but the catalog, nothing was written\n";
}

Value dry_run_json(std::span<const TableForecast> forecasts) {
  List tables;
  for (const TableForecast& table : forecasts) {
    tables.push_back(table_json(table));
  }
  return Map{{"tables", Value(std::move(tables))}};
}

}  // namespace tendril

#include "cli/debug_texts.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/text_table.h"

namespace tendril {
namespace {

constexpr std::size_t kTablesMax = 20;

std::string columns_text(const TableSummary& table) {
  TextTable columns({{"Column"}, {"Type"}, {"Key"}, {"Known"}, {"Nulls", true}});
  for (const ColumnSummary& column : table.columns) {
    columns.add({column.name, to_string(column.type), column.key ? "key" : "",
                 column.declared ? "declared" : "learnt", std::to_string(column.nulls)});
  }
  return fmt::format("\ntable {}\n{}", table.name, columns.text());
}

std::string seconds_text(std::chrono::nanoseconds time) {
  return fmt::format("{:.3f}", std::chrono::duration<double>(time).count());
}

std::string cpu_text(const ProfileLine& line) { return line.cpu ? seconds_text(*line.cpu) : ""; }

std::string changed_row_text(const ChangedRow& row) {
  std::vector<std::string> values;
  for (const ChangedValue& value : row.values) {
    values.push_back(fmt::format("{}: {} -> {}", value.column, value.before, value.after));
  }
  return fmt::format("  ~ {}: {}\n", row.key, fmt::join(values, "; "));
}

std::string keys_text(char mark, const std::vector<std::string>& keys, std::int64_t count) {
  std::string text;
  for (const std::string& key : keys) {
    text += fmt::format("  {} {}\n", mark, key);
  }
  const auto shown = static_cast<std::int64_t>(keys.size());
  if (shown > 0 && count > shown) {
    text += fmt::format("  {} ... {} more\n", mark, count - shown);
  }
  return text;
}

std::string details_text(const TableDifference& table) {
  std::string text = "\ntable " + table.table;
  if (!table.was_there) {
    text += " (new)";
  } else if (!table.is_there) {
    text += " (gone)";
  }
  text += "\n";
  for (const std::string& change : table.schema_changes) {
    text += "  # " + change + "\n";
  }
  text += keys_text('+', table.added_keys, table.added);
  if (!table.changed_columns.empty()) {
    std::vector<std::string> columns;
    for (const auto& [name, rows] : table.changed_columns) {
      columns.push_back(fmt::format("{} ({})", name, rows));
    }
    text += fmt::format("  ~ columns: {}\n", fmt::join(columns, ", "));
  }
  for (const ChangedRow& row : table.changed_rows) {
    text += changed_row_text(row);
  }
  const auto shown = static_cast<std::int64_t>(table.changed_rows.size());
  if (shown > 0 && table.changed > shown) {
    text += fmt::format("  ~ ... {} more\n", table.changed - shown);
  }
  return text + keys_text('-', table.deleted_keys, table.deleted);
}

std::string changes_text(std::size_t count) {
  return fmt::format("{} {}", count, count == 1 ? "change" : "changes");
}

std::string capitalized(std::string word) {
  if (!word.empty() && word.front() >= 'a' && word.front() <= 'z') {
    word.front() = static_cast<char>(word.front() - 'a' + 'A');
  }
  return word;
}

}  // namespace

std::string summary_text(const std::vector<TableSummary>& tables, bool whole) {
  if (tables.empty()) {
    return "";
  }
  const std::size_t shown = whole ? tables.size() : std::min(tables.size(), kTablesMax);
  TextTable counts(
      {{"Table"}, {"Upserts", true}, {"Updates", true}, {"Deletes", true}, {"Truncates", true}});
  for (std::size_t index = 0; index < shown; ++index) {
    const TableSummary& table = tables[index];
    counts.add({table.name, std::to_string(table.upserts), std::to_string(table.updates),
                std::to_string(table.deletes), std::to_string(table.truncates)});
  }
  std::string text = "\n" + counts.text();
  if (shown < tables.size()) {
    text += fmt::format("and {} more tables, see --summary\n", tables.size() - shown);
  }
  for (std::size_t index = 0; whole && index < tables.size(); ++index) {
    text += columns_text(tables[index]);
  }
  return text;
}

std::string profile_text(const RunProfile& profile) {
  TextTable parts({{"Where the time went"}, {"Wall s", true}, {"Share", true}, {"CPU s", true}});
  const double total = std::max(1.0, static_cast<double>(profile.total.count()));
  for (const ProfileLine& line : profile.parts) {
    const double share = 100.0 * static_cast<double>(line.wall.count()) / total;
    parts.add({line.name, seconds_text(line.wall), fmt::format("{:.1f}%", share), cpu_text(line)});
  }
  parts.add({"all of it", seconds_text(profile.total), "100.0%", ""});
  TextTable beside({{"At the same time"}, {"Wall s", true}, {"CPU s", true}});
  for (const ProfileLine& line : profile.beside) {
    beside.add({line.name, seconds_text(line.wall), cpu_text(line)});
  }
  return "\n" + parts.text() + "\n" + beside.text();
}

std::string differences_text(const std::vector<TableDifference>& differences,
                             const DifferenceWords& words) {
  TextTable counts({{"Table"},
                    {capitalized(words.added), true},
                    {capitalized(words.changed), true},
                    {capitalized(words.deleted), true},
                    {"Schema"}});
  std::string details;
  for (const TableDifference& table : differences) {
    const std::string schema =
        !table.was_there ? "new"
                         : (!table.is_there ? "gone" : changes_text(table.schema_changes.size()));
    counts.add({table.table, std::to_string(table.added), std::to_string(table.changed),
                std::to_string(table.deleted),
                table.was_there && table.is_there && table.schema_changes.empty() ? "" : schema});
    details += details_text(table);
  }
  return counts.text() + details;
}

}  // namespace tendril

#include "destinations/duckdb/file_comparison.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "destinations/duckdb/file.h"
#include "destinations/duckdb/session.h"
#include "destinations/duckdb/sql.h"
#include "destinations/duckdb/stored_table.h"

namespace tendril {
namespace {

constexpr std::string_view kEarlierCatalog = "earlier";
constexpr int kShownCharacters = 60;

struct TypedName {
  std::string name;
  std::string type;
};

using TypedNames = std::vector<TypedName>;

const TypedName* find_name(const TypedNames& columns, const std::string& name) {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const TypedName& each) { return each.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

// A value as text for people.
std::string shown(const std::string& expression) {
  return fmt::format(
      "coalesce(CASE WHEN length({0}::VARCHAR) > {1} THEN left({0}::VARCHAR, {1}) || "
      "'...' ELSE {0}::VARCHAR END, 'NULL')",
      expression, kShownCharacters);
}

class TableComparison {
 public:
  TableComparison(DuckdbSession& session, const FileComparison& comparison, std::string table)
      : session_(session), comparison_(comparison), difference_{.table = std::move(table)} {}

  // `before` and `after` are the columns on both sides; none: there is no such table.
  Result<TableDifference> run(TypedNames before, TypedNames after) {
    before_ = std::move(before);
    after_ = std::move(after);
    difference_.was_there = !before_.empty();
    difference_.is_there = !after_.empty();
    note_schema();
    const std::string_view catalog = difference_.is_there ? kFileCatalog : kEarlierCatalog;
    const auto stored =
        TRY(read_table(session_, {std::string(catalog), comparison_.schema, difference_.table},
                       comparison_.marks));
    key_ = stored ? stored->declared_key : std::vector<std::string>();
    const bool same_key = std::all_of(key_.begin(), key_.end(), [&](const std::string& name) {
      return before_.empty() || after_.empty() ||
             (find_name(before_, name) != nullptr && find_name(after_, name) != nullptr);
    });
    if (key_.empty() || !same_key) {
      TRY(count_without_key());
      return std::move(difference_);
    }
    note_columns();
    TRY(count());
    TRY(collect_keys(added(), "a.", difference_.added, difference_.added_keys));
    TRY(collect_keys(deleted(), "b.", difference_.deleted, difference_.deleted_keys));
    TRY(collect_changes());
    return std::move(difference_);
  }

 private:
  struct Compared {
    std::string name;
    std::string differs;
    std::string before;
    std::string after;
  };

  void note_schema() {
    if (!difference_.was_there || !difference_.is_there) {
      return;
    }
    for (const TypedName& column : after_) {
      const TypedName* const earlier = find_name(before_, column.name);
      if (earlier == nullptr) {
        difference_.schema_changes.push_back(
            fmt::format("column {} {} is new", column.name, column.type));
      } else if (earlier->type != column.type) {
        difference_.schema_changes.push_back(
            fmt::format("column {} was {} and is {}", column.name, earlier->type, column.type));
      }
    }
    for (const TypedName& column : before_) {
      if (find_name(after_, column.name) == nullptr) {
        difference_.schema_changes.push_back(
            fmt::format("column {} {} is gone", column.name, column.type));
      }
    }
  }

  bool is_compared(const std::string& name) const {
    return name != comparison_.marks.synced &&
           !(comparison_.deleted_are_gone && name == comparison_.marks.deleted) &&
           std::find(key_.begin(), key_.end(), name) == key_.end();
  }

  void note_columns() {
    std::set<std::string> names;
    for (const TypedNames* const side : {&before_, &after_}) {
      for (const TypedName& column : *side) {
        if (is_compared(column.name) && names.insert(column.name).second) {
          compared_.push_back(compared(column.name));
        }
      }
    }
  }

  Compared compared(const std::string& name) const {
    const TypedName* const earlier = find_name(before_, name);
    const TypedName* const later = find_name(after_, name);
    const std::string before = earlier == nullptr ? "NULL" : "b." + sql_name(name);
    const std::string after = later == nullptr ? "NULL" : "a." + sql_name(name);
    const bool same_type = earlier == nullptr || later == nullptr || earlier->type == later->type;
    const std::string_view cast = same_type ? "" : "::VARCHAR";
    return {name, fmt::format("{}{} IS DISTINCT FROM {}{}", before, cast, after, cast), before,
            after};
  }

  // The rows of both sides, side by side; of a table that is not there, none.
  std::string rows() const {
    const auto side = [&](std::string_view catalog, bool is_there) {
      const std::string existing =
          TableName{
              std::string(is_there ? catalog
                                   : (catalog == kFileCatalog ? kEarlierCatalog : kFileCatalog)),
              comparison_.schema, difference_.table}
              .sql();
      return is_there ? existing : "(SELECT * FROM " + existing + " WHERE false)";
    };
    std::string matches;
    for (const std::string& name : key_) {
      matches += fmt::format("{0}b.{1} = a.{1}", matches.empty() ? "" : " AND ", sql_name(name));
    }
    return fmt::format("{} AS b FULL JOIN {} AS a ON {}",
                       side(kEarlierCatalog, difference_.was_there),
                       side(kFileCatalog, difference_.is_there), matches);
  }

  std::string there(std::string_view side, const TypedNames& columns) const {
    std::string there = fmt::format("{}{} IS NOT NULL", side, sql_name(key_.front()));
    if (comparison_.deleted_are_gone && find_name(columns, comparison_.marks.deleted) != nullptr) {
      there += fmt::format(" AND {}{} IS NOT TRUE", side, sql_name(comparison_.marks.deleted));
    }
    return "(" + there + ")";
  }
  std::string added() const { return there("a.", after_) + " AND NOT " + there("b.", before_); }
  std::string deleted() const { return there("b.", before_) + " AND NOT " + there("a.", after_); }
  std::string both() const { return there("b.", before_) + " AND " + there("a.", after_); }
  std::string changed() const {
    std::string differs = "false";
    for (const Compared& column : compared_) {
      differs += " OR " + column.differs;
    }
    return fmt::format("{} AND ({})", both(), differs);
  }

  Status count() {
    std::string counts = fmt::format(
        "count(*) FILTER (WHERE {}), count(*) FILTER (WHERE {}), count(*) FILTER (WHERE {})",
        added(), changed(), deleted());
    for (const Compared& column : compared_) {
      counts += fmt::format(", count(*) FILTER (WHERE {} AND {})", both(), column.differs);
    }
    const SqlRows found = TRY(session_.rows("SELECT " + counts + " FROM " + rows()));
    const auto number = [&](std::size_t index) {
      return static_cast<std::int64_t>(std::stoll(found.at(0).at(index).value_or("0")));
    };
    difference_.added = number(0);
    difference_.changed = number(1);
    difference_.deleted = number(2);
    for (std::size_t index = 0; index < compared_.size(); ++index) {
      if (number(3 + index) > 0) {
        difference_.changed_columns.emplace_back(compared_[index].name, number(3 + index));
      }
    }
    return {};
  }

  std::string key_text(std::string_view side) const {
    std::string text;
    for (const std::string& name : key_) {
      text += fmt::format("{}{} || {}", text.empty() ? "" : " || ', ' || ", sql_text(name + "="),
                          shown(std::string(side) + sql_name(name)));
    }
    return text;
  }

  std::string examples(const std::string& values, const std::string& condition,
                       std::string_view side) const {
    return fmt::format("SELECT {} FROM {} WHERE {} ORDER BY {} LIMIT {}", values, rows(), condition,
                       sql_names(key_, side), comparison_.examples_max);
  }

  Status collect_keys(const std::string& condition, std::string_view side, std::int64_t count,
                      std::vector<std::string>& keys) {
    if (count == 0) {
      return {};
    }
    const SqlRows found = TRY(session_.rows(examples(key_text(side), condition, side)));
    for (const auto& row : found) {
      keys.push_back(row.at(0).value_or("NULL"));
    }
    return {};
  }

  Status collect_changes() {
    if (difference_.changed == 0) {
      return {};
    }
    std::string values = key_text("a.");
    for (const Compared& column : compared_) {
      values += fmt::format(", CASE WHEN {} THEN {} END, {}", column.differs, shown(column.before),
                            shown(column.after));
    }
    const SqlRows found = TRY(session_.rows(examples(values, changed(), "a.")));
    for (const auto& row : found) {
      ChangedRow changed{row.at(0).value_or("NULL"), {}};
      for (std::size_t index = 0; index < compared_.size(); ++index) {
        if (row.at(1 + 2 * index)) {
          changed.values.push_back(
              {compared_[index].name, *row[1 + 2 * index], row.at(2 + 2 * index).value_or("NULL")});
        }
      }
      difference_.changed_rows.push_back(std::move(changed));
    }
    return {};
  }

  Status count_without_key() {
    std::vector<std::string> names;
    for (const TypedNames* const side : {&before_, &after_}) {
      for (const TypedName& column : *side) {
        if (is_compared(column.name) &&
            std::find(names.begin(), names.end(), column.name) == names.end()) {
          names.push_back(column.name);
        }
      }
    }
    const auto side = [&](std::string_view catalog, const TypedNames& columns) {
      std::string values;
      for (const std::string& name : names) {
        values += fmt::format("{}{}::VARCHAR", values.empty() ? "" : ", ",
                              find_name(columns, name) == nullptr ? "NULL" : sql_name(name));
      }
      return columns.empty() ? std::string()
                             : fmt::format("SELECT {} FROM {}", values,
                                           TableName{std::string(catalog), comparison_.schema,
                                                     difference_.table}
                                               .sql());
    };
    const std::string before = side(kEarlierCatalog, before_);
    const std::string after = side(kFileCatalog, after_);
    difference_.added = TRY(rows_beyond(after, before));
    difference_.deleted = TRY(rows_beyond(before, after));
    return {};
  }

  // How many rows the first query has that the second does not.
  Result<std::int64_t> rows_beyond(const std::string& query, const std::string& other) {
    if (query.empty()) {
      return std::int64_t{0};
    }
    const SqlRows found =
        TRY(session_.rows(fmt::format("SELECT count(*) FROM ({}{})", query,
                                      other.empty() ? std::string() : " EXCEPT ALL " + other)));
    return static_cast<std::int64_t>(std::stoll(found.at(0).at(0).value_or("0")));
  }

  DuckdbSession& session_;
  const FileComparison& comparison_;
  TableDifference difference_;
  TypedNames before_;
  TypedNames after_;
  std::vector<std::string> key_;
  std::vector<Compared> compared_;
};

Result<std::map<std::string, TypedNames>> columns_of(DuckdbSession& session,
                                                     std::string_view catalog,
                                                     const std::string& schema) {
  const std::vector<std::string> parameters{std::string(catalog), schema};
  const SqlRows found = TRY(session.rows(
      "SELECT c.table_name, c.column_name, c.data_type FROM duckdb_columns() AS c JOIN "
      "duckdb_tables() AS t USING (database_name, schema_name, table_name) WHERE c.database_name = "
      "$1 AND c.schema_name = $2 ORDER BY c.table_name, c.column_index",
      parameters));
  std::map<std::string, TypedNames> columns;
  for (const auto& row : found) {
    columns[row.at(0).value_or("")].push_back({row.at(1).value_or(""), row.at(2).value_or("")});
  }
  return columns;
}

}  // namespace

Result<std::vector<TableDifference>> compare_files(const FileComparison& comparison) {
  DuckdbFiles files;
  DuckdbSettings settings;
  settings.memory_bytes = comparison.memory_bytes;
  settings.read_only = true;
  auto file = TRY(files.open(comparison.after, settings));
  const auto session = TRY(DuckdbSession::open(std::move(file)));
  std::error_code unseen;  // Then it is not there for us.
  std::map<std::string, TypedNames> before;
  if (std::filesystem::exists(comparison.before, unseen)) {
    TRY(session->run(fmt::format("ATTACH {} AS {} (TYPE duckdb, READ_ONLY)",
                                 sql_text(comparison.before.string()), sql_name(kEarlierCatalog))));
    before = TRY(columns_of(*session, kEarlierCatalog, comparison.schema));
  }
  std::map<std::string, TypedNames> after =
      TRY(columns_of(*session, kFileCatalog, comparison.schema));
  std::set<std::string> names;
  for (const auto* const side : {&before, &after}) {
    for (const auto& [name, columns] : *side) {
      names.insert(name);
    }
  }
  std::vector<TableDifference> differences;
  for (const std::string& name : names) {
    TableDifference difference =
        TRY(TableComparison(*session, comparison, name).run(before[name], after[name]));
    if (!difference.empty()) {
      differences.push_back(std::move(difference));
    }
  }
  return differences;
}

}  // namespace tendril

// How a TableWriter makes its table ready: finds it and what it lacks, or makes it.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "destinations/duckdb/column_names.h"
#include "destinations/duckdb/table_writer.h"

namespace tendril {
namespace {

constexpr std::string_view kSuccessorSuffix = "__tendril_new";

bool is_text(Type type) { return sql_type(type) == "VARCHAR"; }

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Result<std::unique_ptr<TableWriter>> TableWriter::prepare(WriterContext& context, TablePlan plan) {
  std::unique_ptr<TableWriter> writer(new TableWriter(context, std::move(plan)));
  TRY(writer->check_plan());
  TRY(writer->make_ready());
  return writer;
}

Status TableWriter::check_plan() const {
  const TableSchema& schema = plan_.schema;
  const std::string name = stored_name(schema.name);
  if (same_name(name, kStateTable) || same_name(name, kEpochTable)) {
    return Error{ErrorCode::InvalidConfig, "table has a name that is reserved: " + schema.name};
  }
  const bool keeps_history = plan_.mode == WriteMode::History;
  if (keeps_history && context_.dialect.marks != TableMarks()) {
    return Error{ErrorCode::Unsupported,
                 "mode history has no other marks than its own: " + schema.name};
  }
  if ((plan_.mode == WriteMode::Merge || keeps_history) && schema.primary_key.empty()) {
    return Error{ErrorCode::InvalidConfig,
                 fmt::format("table has no primary key to {} by: {}",
                             keeps_history ? "keep history" : "merge", schema.name)};
  }
  for (const std::string& column : schema.primary_key) {
    if (schema.find(column) == nullptr) {
      return Error{ErrorCode::InvalidConfig,
                   fmt::format("primary key of table {} is no column: {}", schema.name, column)};
    }
  }
  return {};
}

// Finds or makes the table that rows go to, with all the columns of the plan.
Status TableWriter::make_ready() {
  DuckdbSession& session = context_.session;
  const TableName name{std::string(kFileCatalog), context_.schema, stored_name(plan_.schema.name)};
  std::optional<StoredTable> present = TRY(read_table(session, name, context_.dialect.marks));
  table_.name = name;
  if (present) {
    adopted_ = !present->has_synced;
    const std::vector<std::string> names =
        TRY(stored_names(plan_.schema.columns, present->columns, adopted_, context_.dialect.marks));
    TRY(check_fit(*present, renamed(plan_.schema.columns, names)));
    TRY(check_history(*present));
    TRY(check_declared_key(*present));
  }
  if (plan_.mode == WriteMode::Replace) {
    adopted_ = false;
    table_.name.table += kSuccessorSuffix;
    if (!plan_.resume) {
      TRY(drop_table(session, table_.name));
    }
    present = TRY(read_table(session, table_.name, context_.dialect.marks));
  }
  if (present) {
    table_ = *present;
    TRY(settle_unknown_columns());
  }
  TRY(find_key());
  first_load_ = !present;
  if (!present) {
    return create();
  }
  TRY(session.file().make_room_for(table_.name.table, table_.columns.size()));
  const std::vector<std::string> names =
      TRY(stored_names(plan_.schema.columns, table_.columns, adopted_, context_.dialect.marks));
  TRY(grow(renamed(plan_.schema.columns, names)));
  const SqlRows some =
      TRY(session.rows("SELECT count(*) FROM (SELECT 1 FROM " + table_.name.sql() + " LIMIT 1)"));
  empty_ = some.at(0).at(0) == "0";
  return add_marks(session, table_, true, marks_deleted());
}

bool TableWriter::marks_deleted() const {
  return plan_.mode == WriteMode::Merge && !plan_.hard_deletes;
}

Status TableWriter::find_key() {
  const std::vector<std::string> names =
      TRY(stored_names(plan_.schema.columns, table_.columns, adopted_, context_.dialect.marks));
  for (const std::string& column : plan_.schema.primary_key) {
    const auto index = plan_.schema.find(column) - plan_.schema.columns.data();
    key_.push_back(names[static_cast<std::size_t>(index)]);
  }
  return {};
}

Status TableWriter::create() {
  const std::vector<std::string> names =
      TRY(stored_names(plan_.schema.columns, table_.columns, adopted_, context_.dialect.marks));
  table_.columns = renamed(plan_.schema.columns, names);
  table_.marks = context_.dialect.marks;
  table_.has_synced = true;
  table_.has_deleted = marks_deleted();
  table_.has_history = plan_.mode == WriteMode::History;
  if (plan_.mode == WriteMode::Merge && context_.dialect.declares_keys) {
    table_.declared_key = key_;
  }
  empty_ = true;
  const auto& order = context_.dialect.column_order;
  TRY(context_.session.file().make_room_for(table_.name.table, table_.columns.size()));
  return create_table(context_.session, table_,
                      order ? order(plan_.schema.name) : std::vector<std::string>());
}

// Rows of another key would be merged wrongly, or refused one by one.
Status TableWriter::check_declared_key(const StoredTable& table) const {
  if (!context_.dialect.declares_keys || plan_.mode != WriteMode::Merge ||
      table.declared_key.empty()) {
    return {};
  }
  const std::vector<std::string>& wanted = plan_.schema.primary_key;
  if (std::is_permutation(wanted.begin(), wanted.end(), table.declared_key.begin(),
                          table.declared_key.end(), same_name)) {
    return {};
  }
  return Error{
      ErrorCode::InvalidConfig,
      fmt::format("primary key of table {} can not change: it is ({}), and is to be ({})",
                  table.name.table, fmt::join(table.declared_key, ", "), fmt::join(wanted, ", "))};
}

// Versions are not rows that another mode can take for its own, nor the other way round.
Status TableWriter::check_history(const StoredTable& table) const {
  const bool wanted = plan_.mode == WriteMode::History;
  if (plan_.mode == WriteMode::Replace || table.has_history == wanted) {
    return {};
  }
  return Error{ErrorCode::InvalidConfig,
               fmt::format("table was {} written in mode history, drop it or keep to its mode: {}",
                           wanted ? "not" : "so far", table.name.table)};
}

// A table that somebody else made is used as it is, as far as possible: columns may be added, but
// what is there does not change its type.
Status TableWriter::check_fit(const StoredTable& table, const std::vector<Column>& wanted) const {
  const TableSchema schema = table.schema();
  for (const Column& column : wanted) {
    std::string refused;
    const Column* const present = schema.find(column.name);
    if (adopted_ && present != nullptr && !fits(column.type, present->type)) {
      refused = sql_type(present->type);
    }
    for (const auto& other : table.others) {
      refused = same_name(other.name, column.name) ? other.type : refused;
    }
    if (!refused.empty()) {
      return Error{ErrorCode::InvalidConfig,
                   fmt::format("column {} of table {} does not hold {} values: {}", column.name,
                               table.name.table, to_string(column.type), refused)};
    }
  }
  return {};
}

// A column that has had no value so far was stored as text; it is still free to become anything.
Status TableWriter::settle_unknown_columns() {
  if (adopted_) {
    return {};
  }
  const std::vector<std::string> names =
      TRY(stored_names(plan_.schema.columns, table_.columns, false, context_.dialect.marks));
  for (Column& column : table_.columns) {
    const auto name = std::find(names.begin(), names.end(), column.name);
    if (name == names.end() || column.type.kind != TypeKind::String ||
        contains(table_.declared_key, column.name)) {
      continue;
    }
    const Type wanted = plan_.schema.columns[static_cast<std::size_t>(name - names.begin())].type;
    if (is_text(wanted)) {
      continue;
    }
    const bool free = TRY(is_all_null(context_.session, table_.name, column.name));
    if (free) {
      column.type = {TypeKind::Unknown};
    }
  }
  return {};
}

}  // namespace tendril

#include "destinations/postgres/table_writer.h"

#include <algorithm>
#include <utility>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "connector/marks.h"
#include "destinations/postgres/history_application.h"
#include "destinations/postgres/jsonb_rules.h"
#include "destinations/postgres/key_index.h"

namespace tendril {
namespace {

constexpr std::string_view kSuccessorSuffix = "__tendril_new";

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<PostgresColumn> stored_columns(const std::vector<Column>& source,
                                           const std::vector<std::string>& names) {
  std::vector<PostgresColumn> columns;
  for (std::size_t index = 0; index < source.size(); ++index) {
    columns.push_back({names[index], source[index].name, {source[index].type}});
  }
  return columns;
}

bool same_columns(const std::vector<PostgresColumn>& a, const std::vector<PostgresColumn>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.name == y.name && x.type == y.type;
  });
}

}  // namespace

PostgresTableWriter::PostgresTableWriter(PostgresWriterContext& context, TablePlan plan)
    : context_(context), plan_(std::move(plan)) {}

Result<std::unique_ptr<PostgresTableWriter>> PostgresTableWriter::prepare(
    PostgresWriterContext& context, TablePlan plan) {
  std::unique_ptr<PostgresTableWriter> writer(new PostgresTableWriter(context, std::move(plan)));
  TRY(writer->check_plan());
  TRY(writer->make_ready());
  return writer;
}

Status PostgresTableWriter::check_plan() const {
  const TableSchema& schema = plan_.schema;
  const std::string name = postgres_identifier(schema.name);
  if (name == kStateTable || name == kEpochTable) {
    return Error{ErrorCode::InvalidConfig, "table has a name that is reserved: " + schema.name};
  }
  if ((plan_.mode == WriteMode::Merge || plan_.mode == WriteMode::History) &&
      schema.primary_key.empty()) {
    return Error{
        ErrorCode::InvalidConfig,
        fmt::format("table has no primary key to {} by: {}",
                    plan_.mode == WriteMode::Merge ? "merge" : "keep a history", schema.name)};
  }
  for (const std::string& column : schema.primary_key) {
    if (schema.find(column) == nullptr) {
      return Error{ErrorCode::InvalidConfig,
                   fmt::format("primary key of table {} is no column: {}", schema.name, column)};
    }
  }
  return {};
}

bool PostgresTableWriter::merges() const {
  return plan_.mode != WriteMode::Append && !plan_.schema.primary_key.empty();
}

// Finds or makes the table that rows go to, with all the columns of the plan.
Status PostgresTableWriter::make_ready() {
  PostgresSession& session = context_.session;
  table_.name = {session.target().schema, postgres_identifier(plan_.schema.name)};
  std::optional<PostgresTable> present = TRY(read_postgres_table(session, table_.name));
  if (present) {
    adopted_ = !present->marks.synced;
    TRY(check_mode(*present));
    const std::vector<std::string> names =
        TRY(postgres_column_names(plan_.schema.columns, present->columns));
    TRY(check_fit(*present, stored_columns(plan_.schema.columns, names)));
  }
  if (plan_.mode == WriteMode::Replace) {
    adopted_ = false;
    is_private_ = true;
    table_.name.table = postgres_identifier(plan_.schema.name + std::string(kSuccessorSuffix));
    if (!plan_.resume) {
      TRY(drop_postgres_table(session, table_.name));
    }
    present = TRY(read_postgres_table(session, table_.name));
  }
  return present ? take_over(std::move(*present)) : make_table();
}

Status PostgresTableWriter::choose_key() {
  const std::vector<std::string> names =
      TRY(postgres_column_names(plan_.schema.columns, wanted_.columns));
  for (const std::string& column : plan_.schema.primary_key) {
    const auto index = plan_.schema.find(column) - plan_.schema.columns.data();
    key_.push_back(names[static_cast<std::size_t>(index)]);
  }
  return {};
}

Status PostgresTableWriter::make_table() {
  const std::vector<std::string> names = TRY(postgres_column_names(plan_.schema.columns, {}));
  is_private_ = true;
  table_.columns = stored_columns(plan_.schema.columns, names);
  table_.marks = {.synced = true,
                  .deleted = plan_.mode == WriteMode::Merge && !plan_.hard_deletes,
                  .versions = plan_.mode == WriteMode::History};
  wanted_ = table_;
  TRY(choose_key());
  TRY(create_postgres_table(context_.session, table_));
  if (is_key_index_strict(context_.session)) {
    keys_are_ = StagedKeysAre::New;
  }
  loads_ = merges() && plan_.mode != WriteMode::History && is_key_index_strict(context_.session);
  return merges() && !loads_ ? create_key_index(context_.session, table_, key_) : Status();
}

Status PostgresTableWriter::take_over(PostgresTable present) {
  PostgresSession& session = context_.session;
  table_ = std::move(present);
  TRY(settle_unknown_columns());
  wanted_ = table_;
  TRY(choose_key());
  const bool has_index = TRY(has_key_index(session, table_.name));
  drops_index_ = !adopted_ && plan_.mode == WriteMode::Append && has_index;
  if (has_index && is_key_index_strict(session)) {
    keys_are_ = StagedKeysAre::Different;
  }
  needs_index_ = !adopted_ && merges();
  const std::vector<std::string> names =
      TRY(postgres_column_names(plan_.schema.columns, wanted_.columns));
  TRY(grow(stored_columns(plan_.schema.columns, names)));
  return need_marks({.synced = true,
                     .deleted = plan_.mode == WriteMode::Merge && !plan_.hard_deletes,
                     .versions = plan_.mode == WriteMode::History});
}

Status PostgresTableWriter::check_mode(const PostgresTable& present) const {
  const bool versions = plan_.mode == WriteMode::History;
  if (plan_.mode == WriteMode::Replace || versions == present.marks.versions) {
    return {};
  }
  return Error{
      ErrorCode::InvalidConfig,
      fmt::format("table {} {}", plan_.schema.name,
                  versions ? "was not written in mode history, and has no versions to go on from"
                           : "was written in mode history, whose versions another would lose")};
}

// A table that somebody else made is used as it is, as far as possible: columns may be added, but
// what is there does not change its type.
Status PostgresTableWriter::check_fit(const PostgresTable& table,
                                      const std::vector<PostgresColumn>& wanted) const {
  for (const PostgresColumn& column : wanted) {
    std::string refused;
    const PostgresColumn* const present = table.find(column.name);
    if (adopted_ && present != nullptr && !fits(column.type.type, present->type.type)) {
      refused = postgres_type(present->type);
    }
    for (const auto& other : table.others) {
      refused = other.name == column.name ? other.type : refused;
    }
    if (!refused.empty()) {
      return Error{ErrorCode::InvalidConfig,
                   fmt::format("column {} of table {} does not hold {} values: {}", column.name,
                               table.name.table, to_string(column.type.type), refused)};
    }
  }
  return {};
}

// A column that has had no value so far was stored as text; it is still free to become anything.
Status PostgresTableWriter::settle_unknown_columns() {
  if (adopted_) {
    return {};
  }
  const std::vector<std::string> names =
      TRY(postgres_column_names(plan_.schema.columns, table_.columns));
  for (PostgresColumn& column : table_.columns) {
    const auto name = std::find(names.begin(), names.end(), column.name);
    if (name == names.end() || column.type.type.kind != TypeKind::String) {
      continue;
    }
    const Type wanted = plan_.schema.columns[static_cast<std::size_t>(name - names.begin())].type;
    if (postgres_type({wanted}) == "text") {
      continue;
    }
    const bool free = TRY(is_column_empty(context_.session, table_.name, column.name));
    if (free) {
      column.type = {{TypeKind::Unknown}};
    }
  }
  return {};
}

// Sees to it that rows of the `wanted` columns fit, at once or at the commit.
Status PostgresTableWriter::grow(const std::vector<PostgresColumn>& wanted) {
  PostgresTable grown = wanted_;
  for (const PostgresColumn& column : wanted) {
    const auto present = std::find_if(grown.columns.begin(), grown.columns.end(),
                                      [&](const auto& each) { return each.name == column.name; });
    if (present == grown.columns.end()) {
      grown.columns.push_back(column);
      continue;
    }
    const Type type = widen(present->type.type, column.type.type);
    present->type = {
        type, type.kind == TypeKind::Json && (present->type.exact_json || column.type.exact_json)};
  }
  if (same_columns(grown.columns, wanted_.columns)) {
    return {};
  }
  TRY(check_fit(wanted_, wanted));
  TRY(check_width(grown));
  TRY(seal());  // Rows that came before keep the columns and types they have.
  wanted_ = std::move(grown);
  return is_private_ ? change_table() : Status();
}

Status PostgresTableWriter::need_marks(PostgresMarks marks) {
  const PostgresMarks all{.synced = wanted_.marks.synced || marks.synced,
                          .deleted = wanted_.marks.deleted || marks.deleted,
                          .versions = wanted_.marks.versions || marks.versions};
  if (all == wanted_.marks) {
    return {};
  }
  TRY(seal());
  wanted_.marks = all;
  return is_private_ ? change_table() : Status();
}

// Makes the table what it is to be.
Status PostgresTableWriter::change_table() {
  TRY(grow_postgres_table(context_.session, table_, wanted_));
  table_ = wanted_;
  return {};
}

Status PostgresTableWriter::write(const Batch& batch) {
  if (completed_) {
    return Error{ErrorCode::Internal, "table was completed before: " + plan_.schema.name};
  }
  if (batch.operation == Operation::Truncate) {
    return truncate(batch.truncate_before);
  }
  if (batch.row_count() == 0) {
    return {};
  }
  if (batch.operation == Operation::Delete && plan_.mode != WriteMode::History &&
      !plan_.hard_deletes) {
    TRY(need_marks({.deleted = true}));
  }
  const BatchPlan plan = TRY(plan_for(batch));
  const bool straight = batch.operation == Operation::Upsert && (!merges() || loads_) &&
                        stages_.empty() && !drops_index_ && table_.marks == wanted_.marks &&
                        same_columns(table_.columns, wanted_.columns);
  if (straight) {
    return append(batch, PostgresRowLayout(*batch.schema, plan.names, wanted_.columns));
  }
  const PostgresStage::Kind kind = stage_kind(batch, plan);
  const bool whole = kind == PostgresStage::Kind::Insert || kind == PostgresStage::Kind::Merge;
  return stage(batch, plan, kind, whole ? wanted_.columns : plan.columns);
}

// Finds a place for each column of the batch in the table, which grows where it has to.
Result<PostgresTableWriter::BatchPlan> PostgresTableWriter::plan_for(const Batch& batch) {
  BatchPlan plan;
  plan.names = TRY(postgres_column_names(batch.schema->columns, wanted_.columns));
  TRY(check_key(batch, plan.names));
  std::vector<PostgresColumn> wanted = stored_columns(batch.schema->columns, plan.names);
  TRY(choose_json(batch, wanted));
  if (batch.operation == Operation::Delete) {
    const auto is_no_key = [&](const std::string& name) { return !contains(key_, name); };
    std::erase_if(wanted, [&](const auto& column) { return is_no_key(column.name); });
    std::replace_if(plan.names.begin(), plan.names.end(), is_no_key, std::string());
  }
  TRY(grow(wanted));
  for (const PostgresColumn& column : wanted) {
    plan.columns.push_back(*wanted_.find(column.name));
  }
  std::sort(plan.columns.begin(), plan.columns.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return plan;
}

// A column in which jsonb can not hold a value becomes json. Columns of a key stay: json has no
// equality.
Status PostgresTableWriter::choose_json(const Batch& batch,
                                        std::vector<PostgresColumn>& columns) const {
  for (std::size_t index = 0; index < columns.size(); ++index) {
    PostgresColumn& column = columns[index];
    const PostgresColumn* const present = wanted_.find(column.name);
    const bool into_jsonb =
        present == nullptr ||
        (present->type.type.kind == TypeKind::Json && !present->type.exact_json) ||
        present->type.type.kind == TypeKind::Unknown;
    if (column.type.type.kind != TypeKind::Json || !into_jsonb ||
        jsonb_holds_all(*batch.rows->column(static_cast<int>(index)))) {
      continue;
    }
    if (contains(key_, column.name) || adopted_) {
      return Error{ErrorCode::BadData,
                   fmt::format("postgres has no jsonb for a value of column {} of table {}",
                               column.source, plan_.schema.name)};
    }
    column.type.exact_json = true;
  }
  return {};
}

Status PostgresTableWriter::check_key(const Batch& batch,
                                      const std::vector<std::string>& names) const {
  const bool by_key = batch.operation != Operation::Upsert;
  if (by_key && key_.empty()) {
    return Error{ErrorCode::InvalidConfig,
                 fmt::format("table has no primary key to {} by: {}", to_string(batch.operation),
                             plan_.schema.name)};
  }
  if (plan_.mode == WriteMode::Append && !by_key) {
    return {};
  }
  const auto present = static_cast<std::size_t>(std::count_if(
      key_.begin(), key_.end(), [&](const std::string& name) { return contains(names, name); }));
  // Of a delete a part of the key is enough.
  const bool enough = batch.operation == Operation::Delete ? present > 0 : present == key_.size();
  if (enough) {
    return {};
  }
  const auto missing = std::find_if(
      key_.begin(), key_.end(), [&](const std::string& name) { return !contains(names, name); });
  return Error{ErrorCode::BadData,
               fmt::format("batch to {} in table {} lacks the key column: {}",
                           to_string(batch.operation), plan_.schema.name, *missing)};
}

PostgresStage::Kind PostgresTableWriter::stage_kind(const Batch& batch,
                                                    const BatchPlan& plan) const {
  if (batch.operation == Operation::Update) {
    return PostgresStage::Kind::Update;
  }
  const bool whole_key = plan.columns.size() == key_.size();
  if (batch.operation == Operation::Delete) {
    return merges() && whole_key ? PostgresStage::Kind::Merge : PostgresStage::Kind::Delete;
  }
  return merges() ? PostgresStage::Kind::Merge : PostgresStage::Kind::Insert;
}

Status PostgresTableWriter::append(const Batch& batch, const PostgresRowLayout& layout) {
  if (copier_ == nullptr) {
    std::vector<std::string> names;
    for (const PostgresColumn& column : table_.columns) {
      names.push_back(column.name);
    }
    names.emplace_back(kSyncedColumn);
    copier_ = std::make_unique<RowCopier>(context_.session, table_.name, names);
  }
  auto columns = TRY(layout.columns(*batch.rows));
  columns.push_back(instant_copy_column(context_.clock.now()));
  appended_rows_ += batch.row_count();
  return copier_->append(columns, batch.row_count());
}

Status PostgresTableWriter::stage(const Batch& batch, const BatchPlan& plan,
                                  PostgresStage::Kind kind,
                                  const std::vector<PostgresColumn>& columns) {
  const bool continues = !stages_.empty() && stages_.back()->kind() == kind &&
                         !stages_.back()->sealed() &&
                         same_columns(stages_.back()->columns(), columns);
  if (!continues) {
    TRY(seal());
    auto opened =
        TRY(PostgresStage::open(context_.session, kind, ++context_.stages_opened, columns));
    stages_.push_back(std::move(opened));
  }
  return stages_.back()->append(batch, PostgresRowLayout(*batch.schema, plan.names, columns),
                                context_.clock.now());
}

Status PostgresTableWriter::truncate(Instant before) {
  if (plan_.mode != WriteMode::History && !plan_.hard_deletes) {
    TRY(need_marks({.deleted = true}));
  }
  TRY(seal());
  stages_.push_back(PostgresStage::truncation(before, context_.clock.now()));
  return {};
}

Status PostgresTableWriter::flush() {
  if (copier_ != nullptr) {
    TRY(copier_->flush());
  }
  return stages_.empty() ? Status() : stages_.back()->flush();
}

std::size_t PostgresTableWriter::pending_bytes() const {
  return (copier_ == nullptr ? 0 : copier_->pending_bytes()) +
         (stages_.empty() ? 0 : stages_.back()->pending_bytes());
}

// Ends what rows are added to now.
Status PostgresTableWriter::seal() {
  TRY(flush());
  copier_.reset();
  return stages_.empty() ? Status() : stages_.back()->seal();
}

Result<TableCounts> PostgresTableWriter::finish(bool completed) {
  PostgresSession& session = context_.session;
  TRY(seal());
  if (std::exchange(drops_index_, false)) {
    TRY(drop_key_index(session, table_.name));
  }
  TRY(change_table());
  if (needs_index_ && !stages_.empty()) {
    TRY(need_key_index(session, table_, key_));
    needs_index_ = false;
  }
  TableCounts counts{plan_.schema.name, std::exchange(appended_rows_, 0), 0};
  if (std::exchange(loads_, false)) {
    const std::int64_t folded = TRY(fold_into_key_index(session, table_, key_));
    counts.rows_written -= plan_.mode == WriteMode::Merge ? folded : 0;
    keys_are_ = folded == 0 ? keys_are_ : StagedKeysAre::Any;
  }
  for (const auto& stage : stages_) {
    const StagedTarget target{table_, key_, plan_.hard_deletes, keys_are_};
    const StagedCounts changed =
        TRY(plan_.mode == WriteMode::History ? apply_history_stage(session, *stage, target)
                                             : apply_postgres_stage(session, *stage, target));
    if (stage->kind() == PostgresStage::Kind::Merge && !stage->has_deletes()) {
      keys_are_ = changed.keys;
    }
    // A load in Replace mode counts what it was given; only Merge leaves out what it folded.
    const bool all = plan_.mode == WriteMode::Replace && !stage->has_deletes() &&
                     stage->kind() == PostgresStage::Kind::Merge;
    counts.rows_written += all ? stage->rows() : changed.written;
    counts.rows_deleted += changed.deleted;
  }
  stages_.clear();
  if (completed && is_successor()) {
    const PostgresTableName name{table_.name.schema, postgres_identifier(plan_.schema.name)};
    TRY(swap_postgres_table(session, table_.name, name));
    table_.name = name;
    wanted_.name = name;
    completed_ = true;
  }
  return counts;
}

}  // namespace tendril

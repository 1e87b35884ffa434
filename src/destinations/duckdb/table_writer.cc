#include "destinations/duckdb/table_writer.h"

#include <algorithm>
#include <utility>

#include <arrow/array/array_base.h>
#include <arrow/record_batch.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include "core/check.h"
#include "destinations/duckdb/column_names.h"
#include "destinations/duckdb/superseded_rows.h"

namespace tendril {
namespace {

// A stream has one schema for all its batches, or one for each of a few slices read side by side.
constexpr std::size_t kLayoutsMax = 16;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool same_names(const std::vector<Column>& a, const std::vector<Column>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Column& x, const Column& y) { return x.name == y.name; });
}

}  // namespace

TableWriter::TableWriter(WriterContext& context, TablePlan plan)
    : context_(context), plan_(std::move(plan)) {}

// Adds and widens columns so that rows of the `wanted` columns fit.
Status TableWriter::grow(const std::vector<Column>& wanted) {
  const SchemaChange change = schema_change(table_.schema(), {table_.name.table, wanted});
  if (change.empty()) {
    return {};
  }
  TRY(check_fit(table_, wanted));
  TRY(close_appender());
  if (!stages_.empty()) {
    TRY(stages_.back()->seal());  // Its rows keep the columns and types they have.
  }
  layouts_.clear();
  for (const Column& column : change.widened) {
    keys_changed_ = keys_changed_ || contains(key_, column.name);
  }
  TRY(context_.session.file().make_room_for(table_.name.table,
                                            table_.columns.size() + change.added.size()));
  return grow_table(context_.session, table_, change);
}

Status TableWriter::write(const Batch& batch) {
  if (completed_) {
    return Error{ErrorCode::Internal, "table was completed before: " + plan_.schema.name};
  }
  if (batch.operation == Operation::Truncate) {
    return truncate(batch.truncate_before);
  }
  if (batch.row_count() == 0) {
    return {};
  }
  if (batch.operation == Operation::Update) {
    // One stage takes all that is merged, however often the operations take turns.
    const bool merged = merges() && !table_.has_history;
    return stage_columns(batch, merged ? Stage::Kind::Merge : Stage::Kind::Update);
  }
  if (batch.operation == Operation::Delete) {
    TRY(need_deleted_column());
    const bool whole_key = TRY(has_whole_key(batch));
    if (!whole_key) {
      return stage_columns(batch, Stage::Kind::Delete);
    }
  }
  BatchLayout* const layout = TRY(layout_for(batch));
  if (batch.operation == Operation::Upsert && stages_.empty() && goes_straight()) {
    const auto rows = TRY(arrange(batch, *layout));
    if (!merges() || are_new(*rows)) {
      return append(*rows, batch.bytes());
    }
  }
  return stage(batch, *layout, stage_kind(batch.operation), table_.columns);
}

// Returns the layout of the batch for the whole table, which grows before if it has to.
Result<BatchLayout*> TableWriter::layout_for(const Batch& batch) {
  for (const auto& cached : layouts_) {
    if (cached->source == batch.schema && cached->operation == batch.operation) {
      return &cached->layout;
    }
  }
  auto names =
      TRY(stored_names(batch.schema->columns, table_.columns, adopted_, context_.dialect.marks));
  TRY(check_key(batch, names));
  std::vector<Column> wanted = renamed(batch.schema->columns, names);
  if (batch.operation == Operation::Delete) {
    const auto is_no_key = [&](const std::string& name) { return !contains(key_, name); };
    std::erase_if(wanted, [&](const Column& column) { return is_no_key(column.name); });
    std::replace_if(names.begin(), names.end(), is_no_key, std::string());
  }
  TRY(grow(wanted));
  if (layouts_.size() >= kLayoutsMax) {
    layouts_.clear();
  }
  BatchLayout layout(*batch.schema, names, table_.columns);
  layouts_.push_back(std::make_unique<CachedLayout>(
      CachedLayout{batch.schema, batch.operation, std::move(layout)}));
  return &layouts_.back()->layout;
}

// True unless the batch has only some of the columns of the key.
Result<bool> TableWriter::has_whole_key(const Batch& batch) const {
  const auto names =
      TRY(stored_names(batch.schema->columns, table_.columns, adopted_, context_.dialect.marks));
  return std::all_of(key_.begin(), key_.end(),
                     [&](const std::string& name) { return contains(names, name); });
}

Status TableWriter::check_key(const Batch& batch, const std::vector<std::string>& names) const {
  const bool by_key = batch.operation != Operation::Upsert;
  if (by_key && key_.empty()) {
    return Error{ErrorCode::InvalidConfig,
                 fmt::format("table has no primary key to {} by: {}", to_string(batch.operation),
                             plan_.schema.name)};
  }
  if (plan_.mode == WriteMode::Append && !by_key) {
    return {};
  }
  const auto has = [&](const std::string& name) { return contains(names, name); };
  if (batch.operation == Operation::Delete && std::any_of(key_.begin(), key_.end(), has)) {
    return {};
  }
  for (const std::string& name : key_) {
    if (!has(name)) {
      return Error{ErrorCode::BadData,
                   fmt::format("batch to {} in table {} lacks the key column: {}",
                               to_string(batch.operation), plan_.schema.name, name)};
    }
  }
  return {};
}

// Whether upserts need not be staged, as long as no key comes twice.
bool TableWriter::goes_straight() const {
  if (plan_.mode == WriteMode::History) {
    return first_load_;
  }
  // An index refuses a key that is there before the older row is gone.
  return !merges() || (!adopted_ && (table_.declared_key.empty() || empty_));
}

bool TableWriter::merges() const { return plan_.mode != WriteMode::Append && !key_.empty(); }

Stage::Kind TableWriter::stage_kind(Operation operation) const {
  if (merges()) {
    return Stage::Kind::Merge;
  }
  return operation == Operation::Delete ? Stage::Kind::Delete : Stage::Kind::Insert;
}

// Returns the rows with all columns of the table.
Result<std::shared_ptr<arrow::RecordBatch>> TableWriter::arrange(const Batch& batch,
                                                                 BatchLayout& layout) const {
  const auto synced = TRY(synced_mark(context_.clock.now(), batch.row_count()));
  std::vector<std::shared_ptr<arrow::Array>> marks{synced};
  if (table_.has_deleted) {
    const auto deleted = TRY(flag_mark(false, batch.row_count()));
    marks.push_back(deleted);
  }
  if (table_.has_history) {
    const auto active = TRY(flag_mark(true, batch.row_count()));
    marks.push_back(synced);
    marks.push_back(active);
  }
  return layout.arrange(*batch.rows, marks);
}

// True when no key comes twice in the rows and those that were appended since the last commit.
bool TableWriter::are_new(const arrow::RecordBatch& rows) {
  std::vector<const arrow::Array*> columns;
  for (std::size_t index = 0; index < table_.columns.size() && !keys_changed_; ++index) {
    const Column& column = table_.columns[index];
    if (!contains(key_, column.name)) {
      continue;
    }
    const arrow::Array& values = *rows.column(static_cast<int>(index));
    const arrow::DataType& type = *values.type();
    const auto wanted = arrow_type(column.type);
    // Values of other types may turn out to be the same text once they are stored.
    if (!type.Equals(*wanted) &&
        !(arrow::is_integer(type.id()) && arrow::is_integer(wanted->id()))) {
      return false;
    }
    columns.push_back(&values);
  }
  return !keys_changed_ && known_keys_.add(columns);
}

Status TableWriter::append(const arrow::RecordBatch& rows, std::size_t bytes) {
  if (merges() && appended_rows_ == 0) {
    last_row_ = TRY(last_row(context_.session, table_.name));
  }
  if (appender_ == nullptr) {
    std::vector<std::string> names;
    for (const Column& column : table_.columns) {
      names.push_back(column.name);
    }
    names.push_back(table_.marks.synced);
    if (table_.has_deleted) {
      names.push_back(table_.marks.deleted);
    }
    if (table_.has_history) {
      names.emplace_back(kStartColumn);
      names.emplace_back(kActiveColumn);
    }
    appender_ = TRY(Appender::open(context_.session, table_.name, names));
  }
  appended_rows_ += rows.num_rows();
  return appender_->append(rows, bytes);
}

Status TableWriter::stage(const Batch& batch, BatchLayout& layout, Stage::Kind kind,
                          const std::vector<Column>& columns,
                          const std::vector<std::string>& given) {
  const bool continues = !stages_.empty() && stages_.back()->kind() == kind &&
                         !stages_.back()->sealed() && stages_.back()->takes(given) &&
                         same_names(stages_.back()->columns(), columns);
  if (!continues) {
    if (!stages_.empty()) {
      TRY(stages_.back()->seal());
    }
    auto opened = TRY(Stage::open(context_.session, kind, ++context_.stages_opened, columns));
    stages_.push_back(std::move(opened));
  }
  return stages_.back()->append(batch, layout, context_.clock.now(), given);
}

// Stages rows that have only some of the table's columns: all that an update gives, those of the
// key that a delete gives. A stage to merge has all columns nevertheless.
Status TableWriter::stage_columns(const Batch& batch, Stage::Kind kind) {
  const std::vector<Column>& source = batch.schema->columns;
  auto names = TRY(stored_names(source, table_.columns, adopted_, context_.dialect.marks));
  TRY(check_key(batch, names));
  std::vector<Column> wanted = renamed(source, names);
  if (kind == Stage::Kind::Delete) {
    const auto is_no_key = [&](const std::string& name) { return !contains(key_, name); };
    std::erase_if(wanted, [&](const Column& column) { return is_no_key(column.name); });
    std::replace_if(names.begin(), names.end(), is_no_key, std::string());
  }
  TRY(grow(wanted));
  // These columns, as the table has them.
  const TableSchema schema = table_.schema();
  for (Column& column : wanted) {
    column = *schema.find(column.name);
  }
  std::sort(wanted.begin(), wanted.end(),
            [](const Column& a, const Column& b) { return a.name < b.name; });
  std::vector<std::string> given;
  for (const Column& column : wanted) {
    given.push_back(column.name);
  }
  const std::vector<Column>& columns = kind == Stage::Kind::Merge ? table_.columns : wanted;
  BatchLayout layout(*batch.schema, names, columns);
  return stage(batch, layout, kind, columns, given);
}

Status TableWriter::truncate(Instant before) {
  TRY(need_deleted_column());
  if (!stages_.empty()) {
    TRY(stages_.back()->seal());
  }
  stages_.push_back(Stage::truncation(before, context_.clock.now()));
  return {};
}

Status TableWriter::need_deleted_column() {
  if (plan_.hard_deletes || table_.has_deleted || table_.has_history) {
    return {};
  }
  TRY(close_appender());
  return add_marks(context_.session, table_, true, true);
}

Status TableWriter::flush() {
  if (appender_ != nullptr) {
    TRY(appender_->flush());
  }
  return stages_.empty() ? Status() : stages_.back()->flush();
}

std::size_t TableWriter::pending_bytes() const {
  return (appender_ == nullptr ? 0 : appender_->pending_bytes()) +
         (stages_.empty() ? 0 : stages_.back()->pending_bytes());
}

Status TableWriter::close_appender() {
  if (appender_ != nullptr) {
    TRY(appender_->flush());
    appender_.reset();
  }
  return {};
}

// Does away with older rows of the keys that were appended.
Status TableWriter::settle_appended() {
  if (!merges() || appended_rows_ == 0) {
    return {};
  }
  if (!table_.has_history) {
    return remove_superseded(context_.session, table_, key_, last_row_);
  }
  auto repeated =
      TRY(stage_repeated(context_.session, table_, key_, last_row_, ++context_.stages_opened));
  if (repeated != nullptr) {
    appended_rows_ -= repeated->rows();
    stages_.insert(stages_.begin(), std::move(repeated));
  }
  return {};
}

Result<TableCounts> TableWriter::finish(bool completed) {
  TRY(close_appender());
  if (!stages_.empty()) {
    TRY(stages_.back()->seal());
  }
  if (completed && plan_.mode == WriteMode::Replace && !completed_) {
    const std::string name = stored_name(plan_.schema.name);
    TRY(drop_table(context_.session, {table_.name.catalog, table_.name.schema, name}));
    TRY(rename_table(context_.session, table_, name));
    completed_ = true;
  }
  TRY(settle_appended());
  known_keys_.clear();
  keys_changed_ = false;
  TableCounts counts{plan_.schema.name, std::exchange(appended_rows_, 0), 0};
  for (const auto& stage : stages_) {
    const RowCounts changed = TRY(
        apply_stage(context_.session, *stage,
                    {table_, key_, plan_.hard_deletes, context_.dialect.truncation_keeps_synced}));
    // A load in Replace mode counts what it was given; only Merge leaves out what it folded.
    const bool all = plan_.mode == WriteMode::Replace && !stage->has_deletes() &&
                     !stage->has_updates() && stage->kind() == Stage::Kind::Merge;
    counts.rows_written += all ? stage->rows() : changed.written;
    counts.rows_deleted += changed.deleted;
  }
  stages_.clear();
  empty_ = empty_ && counts.rows_written == 0;
  return counts;
}

}  // namespace tendril

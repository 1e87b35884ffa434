#include "bridges/partner/partner_table_writer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "bridges/fivetran/system_columns.h"
#include "data/row_choice.h"

namespace tendril {
namespace {

constexpr std::int64_t kMillisecond = 1'000;  // In microseconds.

Instant floored(Instant instant) { return std::chrono::floor<std::chrono::milliseconds>(instant); }

Error config_error(std::string message) {
  return {.code = ErrorCode::InvalidConfig, .message = std::move(message)};
}

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : ", ") + name;
  }
  return text.empty() ? "none" : text;
}

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::ranges::sort(names);
  return names;
}

bool is_numbered(const PartnerTable& table) { return table.mode == PartnerTableMode::Numbered; }

// What the rows of a table are told apart by, as people would name it.
std::vector<std::string> key_of(const PartnerTable& table) {
  return is_numbered(table) ? std::vector<std::string>{std::string(kFivetranId)}
                            : sorted(table.schema.primary_key);
}

// Columns of which nothing but nulls were seen are left out until they have a type; those of the
// key have to be there.
TableSchema typed(const TableSchema& schema, const std::vector<std::string>& key) {
  TableSchema result{.name = schema.name, .columns = {}, .primary_key = key};
  for (const Column& column : schema.columns) {
    if (column.type.kind != TypeKind::Unknown) {
      result.columns.push_back(column);
    } else if (std::ranges::find(key, column.name) != key.end()) {
      result.columns.push_back({column.name, {TypeKind::String}});
    }
  }
  return result;
}

// The rows that are the last ones of their key.
Result<Batch> last_of_each_key(const Batch& batch, std::vector<RowKey>& keys) {
  RowKeySet seen;
  RowMask superseded(keys.size());
  for (std::size_t row = keys.size(); row-- > 0;) {
    superseded[row] = !seen.insert(keys[row]).second;
  }
  if (seen.size() == keys.size()) {
    return batch;
  }
  std::vector<RowKey> kept;
  for (std::size_t row = 0; row < keys.size(); ++row) {
    if (!superseded[row]) {
      kept.push_back(keys[row]);
    }
  }
  keys = std::move(kept);
  return without_rows(batch, superseded);
}

}  // namespace

Result<PartnerTable> planned_table(const TablePlan& plan) {
  std::vector<std::string> key = plan.schema.primary_key;
  const bool has_id = plan.schema.find(kFivetranId) != nullptr;
  if (plan.mode == WriteMode::Append || (key.empty() && plan.mode == WriteMode::Replace)) {
    key = has_id ? std::vector<std::string>{std::string(kFivetranId)} : std::vector<std::string>();
  } else if (key.empty()) {
    return config_error("table has no primary key to merge rows by: " + plan.schema.name);
  }
  PartnerTable table{.schema = typed(plan.schema, key),
                     .mode = plan.mode == WriteMode::History ? PartnerTableMode::Versions
                             : key.empty()                   ? PartnerTableMode::Numbered
                                                             : PartnerTableMode::Merged,
                     .marks_deleted = !plan.hard_deletes && plan.mode != WriteMode::History};
  for (const Column& added : added_columns(table)) {
    if (plan.schema.find(added.name) != nullptr) {
      return config_error("column has a name that is the protocol's own: " + plan.schema.name +
                          "." + added.name);
    }
  }
  return table;
}

Result<PartnerTable> joined_table(const PartnerTable& stored, const PartnerTable& wanted) {
  PartnerTable present = stored;
  if (is_numbered(present) && wanted.schema.find(kFivetranId) != nullptr) {
    present.mode = PartnerTableMode::Merged;
    present.schema.columns.push_back({std::string(kFivetranId), {TypeKind::String}});
    present.schema.primary_key = {std::string(kFivetranId)};
  }
  const bool versions = wanted.mode == PartnerTableMode::Versions;
  if ((present.mode == PartnerTableMode::Versions) != versions) {
    return config_error("table is stored " + std::string(versions ? "without" : "with") +
                        " versions of its rows, as mode history has them: " + wanted.schema.name);
  }
  const bool key_is_known = is_numbered(present) || !present.schema.primary_key.empty();
  if (key_is_known && key_of(present) != key_of(wanted)) {
    return config_error("table " + wanted.schema.name + " is stored by another key: " +
                        list_of(key_of(present)) + ", wanted " + list_of(key_of(wanted)));
  }
  PartnerTable joined = wanted;
  joined.schema.columns = present.schema.columns;
  evolve(joined.schema, wanted.schema);
  joined.marks_deleted = joined.marks_deleted || stored.marks_deleted;
  return joined;
}

Result<std::unique_ptr<PartnerTableWriter>> PartnerTableWriter::prepare(
    const PartnerWriting& writing, const TablePlan& plan, const std::optional<PartnerTable>& stored,
    Instant load_began) {
  PartnerTable table = TRY(planned_table(plan));
  if (stored) {
    table = TRY(joined_table(*stored, table));
  }
  std::unique_ptr<PartnerTableWriter> writer(
      new PartnerTableWriter(writing, plan, std::move(table), floored(load_began)));
  if (!stored) {
    writer->steps_.push_back(create_step(writing.schema, writer->table_));
  } else if (writer->table_.marks_deleted != stored->marks_deleted ||
             !schema_change(stored->schema, writer->table_.schema).empty()) {
    writer->steps_.push_back(alter_step(writing.schema, writer->table_));
  }
  return writer;
}

Instant PartnerTableWriter::now() const { return floored(writing_.clock.now()); }

Status PartnerTableWriter::end_group() {
  if (group_ && !group_->empty()) {
    TRY(group_->close_files());
    steps_.push_back(write_step(writing_.schema, *group_, writing_.folder.params()));
  }
  group_.reset();
  return {};
}

// Makes room for the columns of rows that are to be written.
Status PartnerTableWriter::admit(const TableSchema& given) {
  const TableSchema wanted = typed(given, table_.schema.primary_key);
  if (schema_change(table_.schema, wanted).empty()) {
    return {};
  }
  for (const Column& added : added_columns(table_)) {
    if (wanted.find(added.name) != nullptr) {
      return config_error("column has a name that is the protocol's own: " + name() + "." +
                          added.name);
    }
  }
  TRY(end_group());
  evolve(table_.schema, wanted);
  // A table that is not made yet, or about to change, does so at once.
  const bool same_step = !steps_.empty() && (steps_.back().kind == PartnerStepKind::Create ||
                                             steps_.back().kind == PartnerStepKind::Alter);
  const bool creates = same_step && steps_.back().kind == PartnerStepKind::Create;
  if (same_step) {
    steps_.pop_back();
  }
  steps_.push_back(creates ? create_step(writing_.schema, table_)
                           : alter_step(writing_.schema, table_));
  return {};
}

Status PartnerTableWriter::write(const Batch& batch) {
  if (batch.operation == Operation::Truncate) {
    return truncate(batch.truncate_before);
  }
  if (batch.row_count() == 0) {
    return {};
  }
  const std::vector<std::string>& key = table_.schema.primary_key;
  if (batch.operation != Operation::Upsert) {
    const bool has_key = !key.empty() && std::ranges::all_of(key, [&](const std::string& column) {
      return batch.schema->find(column) != nullptr;
    });
    if (!has_key) {
      return Error{.code = ErrorCode::Unsupported,
                   .message =
                       "rows of a partner destination can be changed and deleted by their "
                       "whole key only: " +
                       name() + ", key " + list_of(key)};
    }
  }
  if (batch.operation == Operation::Delete) {
    TableSchema keys{.name = name(), .columns = {}};
    for (const std::string& column : key) {
      keys.columns.push_back(*batch.schema->find(column));
    }
    TRY(admit(keys));
    counts_.rows_deleted += batch.row_count();
  } else {
    TRY(admit(*batch.schema));
    counts_.rows_written += batch.row_count();
  }
  if (table_.mode == PartnerTableMode::Numbered) {
    return group_without({}).replace(batch, {.synced = now()});
  }
  std::vector<RowKey> keys = keys_of(batch, key);
  return table_.mode == PartnerTableMode::Versions ? apply_versions(batch, keys)
                                                   : apply(batch, std::move(keys));
}

BatchGroup& PartnerTableWriter::group_without(const std::vector<RowKey>& keys) {
  if (!group_) {
    group_.emplace(writing_.folder, table_);
  }
  group_->remember(keys);
  return *group_;
}

Status PartnerTableWriter::apply(const Batch& batch, std::vector<RowKey> keys) {
  const Batch rows = TRY(last_of_each_key(batch, keys));
  if (group_ && group_->holds_any(keys)) {
    TRY(end_group());
  }
  BatchGroup& group = group_without(keys);
  const BatchGroup::Times times{.synced = now()};
  switch (batch.operation) {
    case Operation::Upsert: return group.replace(rows, times);
    case Operation::Update: return group.update(rows, times);
    default: return hard_deletes_ ? group.remove(rows, times) : group.mark_deleted(rows, times);
  }
}

Status PartnerTableWriter::apply_versions(const Batch& batch, const std::vector<RowKey>& keys) {
  if (group_ && group_->holds_any(keys)) {
    TRY(end_group());
  }
  BatchGroup& group = group_without(keys);
  const Instant synced = now();
  const std::int64_t start = std::max(micros_of(synced), last_start_ + kMillisecond);
  const VersionChain versions = chain_versions(keys, std::vector<std::int64_t>(keys.size(), start));
  last_start_ = versions.last_start;
  const BatchGroup::Times times{.synced = synced, .versions = &versions};
  switch (batch.operation) {
    case Operation::Upsert: return group.replace(batch, times);
    case Operation::Update: return group.update(batch, times);
    default: return group.remove(batch, times);
  }
}

Status PartnerTableWriter::truncate(Instant before) {
  if (table_.mode == PartnerTableMode::Versions) {
    return Error{.code = ErrorCode::Unsupported,
                 .message =
                     "versions of rows that a whole read has not seen can not be ended at a "
                     "partner destination; read the stream incrementally, or in mode "
                     "merge: " +
                     name()};
  }
  TRY(end_group());
  steps_.push_back(truncate_step({.schema = writing_.schema,
                                  .table = name(),
                                  .before = floored(before),
                                  .soft = !hard_deletes_}));
  return {};
}

Result<TableCounts> PartnerTableWriter::finish(bool complete, std::vector<PartnerStep>& steps) {
  TRY(end_group());
  if (complete && mode_ == WriteMode::Replace) {
    steps_.push_back(truncate_step(
        {.schema = writing_.schema, .table = name(), .before = load_began_, .soft = false}));
  }
  std::ranges::move(steps_, std::back_inserter(steps));
  steps_.clear();
  TableCounts counts = std::exchange(counts_, {});
  counts.table = name();
  return counts;
}

}  // namespace tendril

#include "bridges/fivetran/project_writer.h"

#include <optional>
#include <utility>

#include "bridges/fivetran/system_columns.h"

namespace tendril {
namespace {

template <class... Functions>
struct EventVisitor : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
EventVisitor(Functions...) -> EventVisitor<Functions...>;

// What a warehouse refuses of tables that are there, a new one takes.
Status told_way_out(Status status) {
  if (status.ok() || status.error().code != ErrorCode::InvalidConfig) {
    return status;
  }
  Error error = status.error();
  error.message += "; `tendril reset` removes the warehouse, so that the next run begins anew";
  return error;
}

}  // namespace

Status ProjectWriter::carry_out(ProjectEvent event) {
  return std::visit(EventVisitor{
                        [&](TableBegun& table) -> Status {
                          begin(std::move(table));
                          return {};
                        },
                        [&](const SchemaDeclared& schema) { return declare(schema); },
                        [&](const Batch& batch) { return write(batch); },
                        [&](const TableTruncated& truncated) -> Status {
                          host_.observer.table_truncated(truncated.table);
                          truncated_[truncated.table] = host_.clock.now();
                          return {};
                        },
                        [&](const CheckpointReached& checkpoint) { return reach(checkpoint); },
                        [&](const ProjectDone&) { return finish(); },
                    },
                    event);
}

void ProjectWriter::begin(TableBegun table) {
  const std::string name = table.plan.schema.name;
  plans_.insert_or_assign(name, std::move(table));
}

Status ProjectWriter::declare(const SchemaDeclared& schema) {
  for (const std::string& table : schema.complete) {
    TRY(make_ready(table, true));
  }
  for (const std::string& table : schema.others) {
    TRY(make_ready(table, false));
  }
  schema.applied->set_value();
  return {};
}

// Prepares the table unless it is ready. Returns false when there is none and none is to be made.
Result<bool> ProjectWriter::make_ready(const std::string& table, bool create) {
  if (columns_.contains(table)) {
    return true;
  }
  const std::optional<TableSchema> stored = TRY(host_.destination.stored_table(table));
  if (!stored && !create) {
    return false;
  }
  const TableBegun& begun = plans_.at(table);
  host_.orders[table] = begun.column_order;
  TRY(told_way_out(host_.destination.prepare(begun.plan)));
  std::set<std::string>& columns = columns_[table];
  for (const Column& column : stored ? stored->columns : std::vector<Column>()) {
    columns.insert(column.name);
  }
  const std::size_t before = columns.size();
  for (const Column& column : begun.plan.schema.columns) {
    columns.insert(column.name);
  }
  if (columns.size() > before) {
    ++schema_changes_;
    host_.observer.schema_changed(table);
  }
  if (!stored) {
    host_.observer.table_created(table);
  }
  return true;
}

void ProjectWriter::note_columns(const Batch& batch) {
  std::set<std::string>& known = columns_[batch.schema->name];
  const std::size_t before = known.size();
  for (const Column& column : batch.schema->columns) {
    known.insert(column.name);
  }
  if (known.size() > before) {
    ++schema_changes_;
    host_.observer.schema_changed(batch.schema->name);
  }
}

Status ProjectWriter::write(const Batch& batch) {
  const bool ready = TRY(make_ready(batch.schema->name, batch.operation == Operation::Upsert));
  if (!ready) {
    return {};
  }
  note_columns(batch);
  return told_way_out(host_.destination.write(batch));
}

Status ProjectWriter::reach(const CheckpointReached& checkpoint) {
  states_.push_back(checkpoint.state);
  if (--checkpoints_waiting_ > 0) {
    return {};
  }
  TRY(host_.destination.commit({.entries = {{"", "", checkpoint.state}}}));
  TRY(host_.keep_state(checkpoint.state));
  for (const std::string& state : states_) {
    host_.observer.checkpoint_recorded(state);
  }
  states_.clear();
  return {};
}

// Truncations act now, and what came after the last checkpoint is committed.
Status ProjectWriter::finish() {
  for (const auto& [table, before] : truncated_) {
    TRY(truncate_at_end(table, before));
  }
  host_.observer.final_checkpoint();
  TRY(host_.destination.commit({}));
  return {};
}

Status ProjectWriter::truncate_at_end(const std::string& table, Instant before) {
  const bool ready = TRY(make_ready(table, false));
  if (!ready) {
    return {};
  }
  Batch truncation;
  truncation.operation = Operation::Truncate;
  truncation.schema = std::make_shared<const TableSchema>(TableSchema{table, {}});
  truncation.truncate_before = before;
  return host_.destination.write(truncation);
}

}  // namespace tendril

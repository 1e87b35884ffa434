#include "bridges/partner/update_destination.h"

#include <utility>

#include "bridges/partner/wire_types.h"
#include "connector/rejected_log.h"
#include "connector_sdk.pb.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;

constexpr std::string_view kOwnTables = "_tendril";

}  // namespace

Status UpdateDestination::prepare(const TablePlan& plan) {
  if (plan.mode == WriteMode::History) {
    return Error{
        ErrorCode::InvalidConfig,
        "versions of rows are kept by the client of the protocol, not by its source: table " +
            plan.schema.name};
  }
  tables_[plan.schema.name].known = plan.schema;
  if (plan.mode == WriteMode::Replace && !plan.resume) {
    return records_.truncate(plan.schema.name);
  }
  return {};
}

Status UpdateDestination::write(const Batch& batch) {
  const auto found = tables_.find(batch.schema->name);
  if (found == tables_.end()) {
    return Error{ErrorCode::Internal, "table was not prepared: " + batch.schema->name};
  }
  found->second.uncommitted += batch.row_count();
  if (batch.schema->name.starts_with(kOwnTables)) {
    log_rejected_rows(batch, parts_.log);
    return {};
  }
  TRY(tell_changes(*batch.schema, found->second));
  return records_.write(batch);
}

// Columns that the catalog did not have, or not like this.
Status UpdateDestination::tell_changes(const TableSchema& schema, Table& table) {
  if (schema_change(table.known, schema).empty()) {
    return {};
  }
  evolve(table.known, schema);
  TableSchema chosen{table.known.name, {}, table.known.primary_key};
  for (const Column& column : table.known.columns) {
    if (parts_.choice.has_column(chosen.name, column.name)) {
      chosen.columns.push_back(column);
    }
  }
  wire::UpdateResponse message;
  put_table(chosen, *message.mutable_schema_change()->mutable_without_schema()->add_tables());
  return parts_.outlet.send(message);
}

Result<std::vector<TableCounts>> UpdateDestination::commit(const Checkpoint& checkpoint) {
  state_.apply(checkpoint);
  wire::UpdateResponse message;
  message.mutable_checkpoint()->set_state_json(state_.json());
  TRY(parts_.outlet.send(message));
  std::vector<TableCounts> counts;
  for (auto& [name, table] : tables_) {
    if (table.uncommitted > 0) {
      counts.push_back({.table = name, .rows_written = std::exchange(table.uncommitted, 0)});
    }
  }
  return counts;
}

Status UpdateDestination::warn(const std::string& text) {
  wire::UpdateResponse message;
  message.mutable_warning()->set_message(text);
  return parts_.outlet.send(message);
}

Status UpdateDestination::ask(const std::string& task) {
  wire::UpdateResponse message;
  message.mutable_task()->set_message(task);
  return parts_.outlet.send(message);
}

}  // namespace tendril

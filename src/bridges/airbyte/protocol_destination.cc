#include "bridges/airbyte/protocol_destination.h"

#include <set>
#include <utility>

#include "connector/rejected_log.h"

namespace tendril {
namespace {

constexpr std::string_view kOwnTables = "_tendril";

}  // namespace

Status ProtocolDestination::prepare(const TablePlan& plan) {
  if (plan.mode != WriteMode::Append) {
    return Error{.code = ErrorCode::Internal,
                 .message = "records can only be appended: " + plan.schema.name};
  }
  tables_.try_emplace(plan.schema.name);
  return {};
}

Status ProtocolDestination::write(const Batch& batch) {
  const auto found = tables_.find(batch.schema->name);
  if (found == tables_.end()) {
    return Error{.code = ErrorCode::Internal,
                 .message = "table was not prepared: " + batch.schema->name};
  }
  Table& table = found->second;
  const std::int64_t rows = batch.row_count();
  table.uncommitted += rows;
  if (batch.schema->name.starts_with(kOwnTables)) {
    log_rejected_rows(batch, outlet_.log);
    return {};
  }
  if (!std::exchange(table.running, true)) {
    send_status(batch.schema->name, StreamStatus::Running);
  }
  table.uncovered += rows;
  record_count_ += rows;
  return lines_.write(batch, outlet_.clock.now(),
                      [&](std::string_view lines) { return outlet_.writer.write(lines); });
}

Result<std::vector<TableCounts>> ProtocolDestination::commit(const Checkpoint& checkpoint) {
  const std::set<std::string> touched = TRY(state_.apply(checkpoint));
  for (const std::string& stream : touched) {
    Table& table = tables_[stream];
    TRY(outlet_.writer.write(
        state_message(stream, state_.json_of(stream), std::exchange(table.uncovered, 0))));
  }
  TRY(outlet_.writer.status());
  std::vector<TableCounts> counts;
  for (auto& [name, table] : tables_) {
    if (table.uncommitted > 0) {
      counts.push_back({.table = name, .rows_written = std::exchange(table.uncommitted, 0)});
    }
  }
  return counts;
}

void ProtocolDestination::start_stream(const std::string& stream) {
  send_status(stream, StreamStatus::Started);
}

void ProtocolDestination::complete_stream(const std::string& stream) {
  send_status(stream, StreamStatus::Complete);
}

void ProtocolDestination::leave_stream_incomplete(const std::string& stream,
                                                  const std::optional<Error>& fault) {
  if (fault) {
    (void)outlet_.writer.write(
        outlet_.redactor.redact(error_message(*fault, stream, outlet_.clock.now())));
  }
  send_status(stream, StreamStatus::Incomplete);
}

void ProtocolDestination::send_status(std::string_view stream, StreamStatus status) {
  // The writer keeps what went wrong until the next commit asks.
  (void)outlet_.writer.write(stream_status_message(stream, status, outlet_.clock.now()));
}

}  // namespace tendril

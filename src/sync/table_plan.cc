#include "sync/table_plan.h"

#include <utility>

namespace tendril {

Error refused_plan(std::string message) {
  return {.code = ErrorCode::InvalidConfig, .message = std::move(message)};
}

TableSettings settings_of(const std::string& table, const SyncOptions& options) {
  TableSettings of_run;
  of_run.mode = options.mode;
  if (options.hard_deletes) {
    of_run.hard_deletes = true;
  }
  const auto own = options.tables.find(table);
  return merged(own == options.tables.end() ? TableSettings() : own->second,
                merged(of_run, options.table_defaults));
}

WriteMode mode_of(const TableSchema& table, const TableSettings& settings, bool incremental) {
  if (settings.mode.has_value()) {
    return *settings.mode;
  }
  if (!table.primary_key.empty()) {
    return WriteMode::Merge;
  }
  return incremental ? WriteMode::Append : WriteMode::Replace;
}

bool needs_key(WriteMode mode) { return mode == WriteMode::Merge || mode == WriteMode::History; }

Status check_lists(const StreamPlan& plan) {
  const std::string& name = plan.info.schema.name;
  if (plan.rules.normalize.empty()) {
    return {};
  }
  if (plan.mode == WriteMode::History) {
    return refused_plan("lists can not become tables in mode history yet: table " + name);
  }
  if (plan.info.schema.primary_key.empty()) {
    return refused_plan("lists can not become tables without a primary key: table " + name);
  }
  return {};
}

std::vector<StateKey> slice_keys(std::string_view stream, std::span<const StateEntry> state) {
  std::vector<StateKey> keys;
  for (const StateEntry& entry : state) {
    if (entry.stream == stream && !entry.slice.empty()) {
      keys.push_back({.stream = entry.stream, .slice = entry.slice});
    }
  }
  return keys;
}

}  // namespace tendril

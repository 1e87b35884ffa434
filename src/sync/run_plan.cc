#include "sync/run_plan.h"

#include <algorithm>
#include <string>
#include <utility>

#include "sync/guarded.h"

namespace tendril {
namespace {

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::ranges::sort(names);
  return names;
}

std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    list += (list.empty() ? "" : ", ") + name;
  }
  return list.empty() ? "none" : list;
}

// Rows of one key and rows of another in one table would be merged wrongly, and nobody would see
// it.
Status refuse_changed_key(StreamPlan& plan, Destination& destination) {
  const TableSchema& table = plan.info.schema;
  const std::vector<std::string>& stored = plan.stored.key;
  if (plan.refused.has_value() || plan.mode == WriteMode::Replace || stored.empty() ||
      sorted(stored) == sorted(table.primary_key)) {
    return {};
  }
  const std::optional<TableSchema> there = TRY(guarded(
      "looking at table " + table.name, [&] { return destination.stored_table(table.name); }));
  if (there.has_value()) {
    plan.refused = Error{
        .code = ErrorCode::InvalidConfig,
        .message = "the primary key of table " + table.name + " was " + listed(stored) +
                   " and is now " + listed(table.primary_key) +
                   "; read it anew with --mode replace --full-refresh, write to another table, or "
                   "drop the table and forget its state with 'tendril state reset'"};
  }
  return {};
}

}  // namespace

Status check_options(const SyncOptions& options) {
  const auto invalid = [](std::string message) {
    return Error{.code = ErrorCode::InvalidConfig, .message = std::move(message)};
  };
  if (options.connection.empty()) {
    return invalid("the connection has no name");
  }
  if (options.concurrency < 1) {
    return invalid("concurrency must be at least 1: " + std::to_string(options.concurrency));
  }
  return {};
}

Result<std::vector<StreamPlan>> plan_run(Source& source, Destination& destination,
                                         const SyncOptions& options, std::stop_token stop) {
  const std::vector<StateEntry> state =
      TRY(guarded("loading the state", [&] { return destination.load_state(); }));
  const Catalog catalog =
      TRY(guarded("discovering the streams", [&] { return source.discover(std::move(stop)); }));
  std::vector<StreamPlan> plans = TRY(plan_streams(catalog, options, state));
  for (StreamPlan& plan : plans) {
    TRY(refuse_changed_key(plan, destination));
  }
  return plans;
}

}  // namespace tendril

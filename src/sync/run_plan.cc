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

// The tables that are known before the first row.
std::vector<const StreamPlan*> tables_of(const StreamPlan& plan) {
  std::vector<const StreamPlan*> tables;
  if (!plan.feed.has_value()) {
    return {&plan};
  }
  for (const StreamPlan& table : plan.feed->tables) {
    tables.push_back(&table);
  }
  return tables;
}

Status refuse_changed_keys(StreamPlan& plan, Destination& destination) {
  std::optional<Error> refused;
  for (const StreamPlan* table : tables_of(plan)) {
    if (!plan.refused.has_value() && !refused.has_value()) {
      refused = TRY(changed_key(*table, destination));
    }
  }
  if (refused.has_value()) {
    plan.refused = std::move(refused);
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

Result<std::optional<Error>> changed_key(const StreamPlan& plan, Destination& destination) {
  const TableSchema& table = plan.info.schema;
  const std::vector<std::string>& stored = plan.stored.key;
  if (plan.mode == WriteMode::Replace || stored.empty() ||
      sorted(stored) == sorted(table.primary_key)) {
    return std::optional<Error>();
  }
  const std::optional<TableSchema> there = TRY(guarded(
      "looking at table " + table.name, [&] { return destination.stored_table(table.name); }));
  if (!there.has_value()) {
    return std::optional<Error>();
  }
  return std::optional(
      Error{.code = ErrorCode::InvalidConfig,
            .message = "the primary key of table " + table.name + " was " + listed(stored) +
                       " and is now " + listed(table.primary_key) +
                       "; read it anew with --mode replace --full-refresh, write to another "
                       "table, or drop the table and forget its state with 'tendril state "
                       "reset'"});
}

Result<std::vector<StreamPlan>> plan_run(Source& source, Destination& destination,
                                         const SyncOptions& options, std::stop_token stop) {
  const std::vector<StateEntry> state =
      TRY(guarded("loading the state", [&] { return destination.load_state(); }));
  const Catalog catalog =
      TRY(guarded("discovering the streams", [&] { return source.discover(std::move(stop)); }));
  std::vector<StreamPlan> plans = TRY(plan_streams(catalog, options, state));
  for (StreamPlan& plan : plans) {
    TRY(refuse_changed_keys(plan, destination));
  }
  return plans;
}

}  // namespace tendril

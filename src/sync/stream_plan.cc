#include "sync/stream_plan.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace tendril {
namespace {

Error invalid(std::string message) {
  return {.code = ErrorCode::InvalidConfig, .message = std::move(message)};
}

void append_name(std::string& names, std::string_view name) {
  names += names.empty() ? "" : ", ";
  names += name;
}

Status check_names(const Catalog& catalog, const SyncOptions& options) {
  std::set<std::string_view> known;
  for (const StreamInfo& info : catalog.streams) {
    if (!known.insert(info.schema.name).second) {
      return Error{.code = ErrorCode::BadData,
                   .message = "the catalog names a stream twice: " + info.schema.name};
    }
  }
  std::string unknown;
  for (const std::string& name : options.streams) {
    if (!known.contains(name)) {
      append_name(unknown, name);
    }
  }
  if (!unknown.empty()) {
    return invalid("stream does not exist: " + unknown);
  }
  return {};
}

bool is_chosen(const StreamInfo& info, const SyncOptions& options) {
  return options.streams.empty() || std::ranges::count(options.streams, info.schema.name) > 0;
}

WriteMode mode_of(const StreamInfo& info, const SyncOptions& options, bool incremental) {
  if (options.mode.has_value()) {
    return *options.mode;
  }
  if (!info.schema.primary_key.empty()) {
    return WriteMode::Merge;
  }
  return incremental ? WriteMode::Append : WriteMode::Replace;
}

bool can_go_on(const Attempt& attempt, const StreamPlan& plan, const SyncOptions& options) {
  return !options.full_refresh && (!attempt.incremental || plan.info.incremental) &&
         attempt.mode == to_string(mode_of(plan.info, options, attempt.incremental));
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

StreamPlan plan_stream(const StreamInfo& info, const SyncOptions& options,
                       std::span<const StateEntry> state) {
  StreamPlan plan;
  plan.info = info;
  plan.hard_deletes = options.hard_deletes;
  const auto chosen = options.cursor_fields.find(info.schema.name);
  if (info.cursor_is_chosen && chosen != options.cursor_fields.end()) {
    plan.cursor_field = chosen->second;
  }
  plan.incremental =
      info.incremental && !options.full_refresh && options.mode != WriteMode::Replace;
  plan.mode = mode_of(info, options, plan.incremental);

  Result<StreamState> stored = read_stream_state(options.connection, info.schema.name, state);
  if (stored.ok()) {
    plan.stored = std::move(stored).value();
  } else if (!options.full_refresh) {  // Which needs none of what can not be read.
    plan.refused = std::move(stored).error();
    return plan;
  }
  const std::optional<Attempt>& attempt = plan.stored.attempt;
  if (attempt.has_value() && can_go_on(*attempt, plan, options)) {
    plan.incremental = attempt->incremental;
    plan.mode = mode_of(info, options, plan.incremental);
    return plan;
  }
  plan.discarded = slice_keys(info.schema.name, state);
  if (attempt.has_value()) {
    plan.discarded.push_back({.stream = info.schema.name, .slice = ""});
  }
  plan.stored.attempt.reset();
  plan.stored.slices.clear();
  return plan;
}

}  // namespace

Result<std::vector<StreamPlan>> plan_streams(const Catalog& catalog, const SyncOptions& options,
                                             std::span<const StateEntry> state) {
  TRY(check_names(catalog, options));
  std::vector<StreamPlan> plans;
  std::string keyless;
  for (const StreamInfo& info : catalog.streams) {
    if (!is_chosen(info, options)) {
      continue;
    }
    plans.push_back(plan_stream(info, options, state));
    const WriteMode mode = plans.back().mode;
    const bool needs_key = mode == WriteMode::Merge || mode == WriteMode::History;
    if (needs_key && info.schema.primary_key.empty()) {
      append_name(keyless, info.schema.name);
    }
  }
  if (!keyless.empty()) {
    return invalid("stream can not be merged without a primary key: " + keyless);
  }
  return plans;
}

std::string_view to_string(WriteMode mode) {
  switch (mode) {
    case WriteMode::Append: return "append";
    case WriteMode::Replace: return "replace";
    case WriteMode::Merge: return "merge";
    case WriteMode::History: return "history";
  }
  return "unknown";
}

}  // namespace tendril

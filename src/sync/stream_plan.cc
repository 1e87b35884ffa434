#include "sync/stream_plan.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "core/near_miss.h"
#include "sync/feed_plan.h"
#include "sync/table_plan.h"

namespace tendril {
namespace {

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
    return refused_plan("stream does not exist: " + unknown);
  }
  const std::vector<std::string_view> names(known.begin(), known.end());
  for (const auto& [name, settings] : options.tables) {
    if (!known.contains(name)) {
      return refused_plan("settings name a table that does not exist: " + name +
                          did_you_mean(name, names));
    }
  }
  return {};
}

bool is_chosen(const StreamInfo& info, const SyncOptions& options) {
  return options.streams.empty() || std::ranges::count(options.streams, info.schema.name) > 0;
}

bool can_go_on(const Attempt& attempt, const StreamPlan& plan, const TableSettings& settings) {
  return (!attempt.incremental || plan.info.incremental) &&
         attempt.mode == to_string(mode_of(plan.info.schema, settings, attempt.incremental));
}

Status choose_cursor(StreamPlan& plan, const TableSettings& settings, const SyncOptions& options) {
  const StreamInfo& info = plan.info;
  const auto chosen = options.cursor_fields.find(info.schema.name);
  if (settings.cursor_field.has_value() && !info.cursor_is_chosen) {
    return refused_plan("the source leaves no choice of a cursor_field for table " +
                        info.schema.name + ": " + *settings.cursor_field);
  }
  if (settings.cursor_field.has_value()) {
    plan.cursor_field = *settings.cursor_field;
  } else if (info.cursor_is_chosen && chosen != options.cursor_fields.end()) {
    plan.cursor_field = chosen->second;
  }
  return {};
}

Result<StreamPlan> plan_stream(const StreamInfo& info, const SyncOptions& options,
                               std::span<const StateEntry> state) {
  const TableSettings settings = settings_of(info.schema.name, options);
  StreamPlan plan;
  plan.info = info;
  plan.hard_deletes = settings.hard_deletes.value_or(false);
  plan.rules = rules_of(settings, options.rejected_rows_max);
  TRY(choose_cursor(plan, settings, options));
  plan.incremental =
      info.incremental && !options.full_refresh && settings.mode != WriteMode::Replace;
  plan.mode = mode_of(info.schema, settings, plan.incremental);
  TRY(check_lists(plan));

  Result<StreamState> stored = read_stream_state(options.connection, info.schema.name, state);
  if (stored.ok()) {
    plan.stored = std::move(stored).value();
  } else if (!options.full_refresh) {  // Which needs none of what can not be read.
    plan.refused = std::move(stored).error();
    return plan;
  }
  const std::optional<Attempt>& attempt = plan.stored.attempt;
  if (attempt.has_value() && !options.full_refresh && can_go_on(*attempt, plan, settings)) {
    plan.incremental = attempt->incremental;
    plan.mode = mode_of(info.schema, settings, plan.incremental);
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
  std::vector<StreamPlan> plans;
  if (catalog.feed.has_value()) {
    StreamPlan plan = TRY(plan_feed(catalog, options, state));
    plans.push_back(std::move(plan));
    return plans;
  }
  TRY(check_names(catalog, options));
  std::string keyless;
  for (const StreamInfo& info : catalog.streams) {
    if (!is_chosen(info, options)) {
      continue;
    }
    StreamPlan plan = TRY(plan_stream(info, options, state));
    plans.push_back(std::move(plan));
    if (needs_key(plans.back().mode) && info.schema.primary_key.empty()) {
      append_name(keyless, info.schema.name);
    }
  }
  if (!keyless.empty()) {
    return refused_plan("stream can not be merged without a primary key: " + keyless);
  }
  return plans;
}

bool FeedPlan::wants(std::string_view table) const {
  return chosen.empty() || std::ranges::find(chosen, table) != chosen.end();
}

const StreamPlan* FeedPlan::find(std::string_view table) const {
  const auto found = std::ranges::find_if(
      tables, [&](const StreamPlan& plan) { return plan.info.schema.name == table; });
  return found == tables.end() ? nullptr : &*found;
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

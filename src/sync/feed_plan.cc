#include "sync/feed_plan.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/near_miss.h"
#include "state/stream_state.h"
#include "sync/table_plan.h"

namespace tendril {
namespace {

constexpr std::string_view kOurPrefix = "_tendril";

std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    list += (list.empty() ? "" : ", ") + name;
  }
  return list;
}

// Nobody knows a table that has not come; but where any are known, another name is most likely
// misspelt, and a run that leaves out all rows would still move the state on.
Status check_choice(const Catalog& catalog, const StreamState& stored, const SyncOptions& options) {
  std::vector<std::string> known;
  std::set<std::string_view> declared;
  for (const StreamInfo& info : catalog.streams) {
    if (!declared.insert(info.schema.name).second) {
      return Error{.code = ErrorCode::BadData,
                   .message = "the catalog names a table twice: " + info.schema.name};
    }
    known.push_back(info.schema.name);
  }
  for (const auto& [name, table] : stored.tables) {
    known.push_back(name);
  }
  const bool open = catalog.feed->tables_may_come;
  const auto is_unknown = [&](const std::string& name) {
    return std::ranges::find(known, name) == known.end();
  };
  std::vector<std::string> unknown;
  if (!known.empty() || !open) {
    std::ranges::copy_if(options.streams, std::back_inserter(unknown), is_unknown);
  }
  if (!unknown.empty()) {
    return refused_plan(
        "stream does not exist: " + listed(unknown) + did_you_mean(unknown.front(), known) +
        (open ? "; one that is not declared can be chosen once a run has had rows of it" : ""));
  }
  for (const auto& [name, settings] : options.tables) {
    if (!open && is_unknown(name)) {
      return refused_plan("settings name a table that does not exist: " + name +
                          did_you_mean(name, known));
    }
  }
  return {};
}

bool replaces_some(const SyncOptions& options) {
  const auto replaces = [](const std::optional<WriteMode>& mode) {
    return mode == WriteMode::Replace;
  };
  return replaces(options.mode) || replaces(options.table_defaults.mode) ||
         std::ranges::any_of(options.tables,
                             [&](const auto& table) { return replaces(table.second.mode); });
}

bool can_go_on(const Attempt& attempt, const StreamPlan& plan) {
  return attempt.mode == to_string(plan.mode);
}

// The stored state stands for the tables that were chosen when it was reached: what others had had
// until then would never come.
void refuse_wider_choice(StreamPlan& plan) {
  const StreamState& stored = plan.stored;
  const std::vector<std::string>& before = plan.resumed() ? stored.choosing : stored.chosen;
  const std::vector<std::string>& now = plan.feed->chosen;
  const auto is_new = [&](const std::string& table) {
    return std::ranges::find(before, table) == before.end();
  };
  const bool has_state = plan.resumed() || (plan.incremental && !stored.cursor.is_null());
  if (!has_state || before.empty() || (!now.empty() && std::ranges::none_of(now, is_new))) {
    return;
  }
  plan.refused = refused_plan(
      "the state of feed " + plan.info.schema.name + " stands for some of its tables only, " +
      listed(before) +
      ", and has moved past the rows of others; choose among these with --stream, read all anew "
      "with --full-refresh, or give the others a state of their own with --connection");
}

// Takes over of the stored state what holds for this run.
void go_on_or_begin(StreamPlan& plan, const SyncOptions& options,
                    std::span<const StateEntry> state) {
  const std::optional<Attempt>& attempt = plan.stored.attempt;
  if (attempt.has_value() && !options.full_refresh && can_go_on(*attempt, plan)) {
    plan.incremental = attempt->incremental;
    return;
  }
  plan.discarded = slice_keys(plan.info.schema.name, state);
  if (attempt.has_value()) {
    plan.discarded.push_back({.stream = plan.info.schema.name, .slice = ""});
  }
  plan.stored.attempt.reset();
  plan.stored.slices.clear();
  for (auto& [name, table] : plan.stored.tables) {
    table.begun = false;
  }
}

}  // namespace

Result<StreamPlan> plan_feed_table(const StreamPlan& feed, const TableSchema& table,
                                   const SyncOptions& options) {
  if (table.name.starts_with(kOurPrefix)) {
    return refused_plan("table has a name that is reserved: " + table.name);
  }
  const TableSettings settings = settings_of(table.name, options);
  if (settings.cursor_field.has_value()) {
    return refused_plan("the source leaves no choice of a cursor_field for table " + table.name +
                        ": " + *settings.cursor_field);
  }
  StreamPlan plan;
  plan.info.schema = table;
  plan.info.incremental = true;
  plan.incremental = feed.incremental;
  plan.mode = mode_of(table, settings, feed.incremental);
  plan.hard_deletes = settings.hard_deletes.value_or(false);
  plan.rules = rules_of(settings, options.rejected_rows_max);
  TRY(check_lists(plan));
  if (needs_key(plan.mode) && table.primary_key.empty()) {
    return refused_plan("stream can not be merged without a primary key: " + table.name);
  }
  const auto known = feed.stored.tables.find(table.name);
  if (known != feed.stored.tables.end()) {
    plan.stored.key = known->second.key;
    plan.stored.children = known->second.children;
    if (known->second.begun) {
      plan.stored.attempt = feed.stored.attempt;
    }
  }
  return plan;
}

Result<StreamPlan> plan_feed(const Catalog& catalog, const SyncOptions& options,
                             std::span<const StateEntry> state) {
  StreamPlan plan;
  plan.info.schema.name = catalog.feed->name;
  plan.info.incremental = true;
  plan.feed = FeedPlan{.tables_may_come = catalog.feed->tables_may_come, .chosen = options.streams};
  plan.mode = replaces_some(options) ? WriteMode::Replace : WriteMode::Merge;
  plan.incremental = !options.full_refresh && plan.mode != WriteMode::Replace;
  plan.rules = rules_of(options.table_defaults, options.rejected_rows_max);

  Result<StreamState> stored = read_stream_state(options.connection, plan.info.schema.name, state);
  if (stored.ok()) {
    plan.stored = std::move(stored).value();
  } else if (!options.full_refresh) {  // Which needs none of what can not be read.
    plan.refused = std::move(stored).error();
    return plan;
  }
  TRY(check_choice(catalog, plan.stored, options));
  go_on_or_begin(plan, options, state);
  refuse_wider_choice(plan);
  plan.stored.choosing = options.streams;
  for (const StreamInfo& info : catalog.streams) {
    if (!plan.feed->wants(info.schema.name)) {
      continue;
    }
    StreamPlan table = TRY(plan_feed_table(plan, info.schema, options));
    plan.feed->tables.push_back(std::move(table));
  }
  return plan;
}

}  // namespace tendril

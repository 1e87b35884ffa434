#include "manifest/state_migration.h"

#include <algorithm>
#include <utility>

#include "manifest/stream_cursor.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::string_view kStates = "states";

}  // namespace

Result<std::optional<StateMigration>> StateMigration::compile(const Node& stream,
                                                              const Environment& environment) {
  const Node* migrations = stream.find("state_migrations");
  const bool is_asked_for =
      migrations != nullptr &&
      std::any_of(migrations->items.begin(), migrations->items.end(), [](const Node& each) {
        return each.type() == "LegacyToPerPartitionStateMigration";
      });
  if (!is_asked_for) {
    return std::optional<StateMigration>();
  }
  const Node* retriever = TRY(stream.required("retriever"));
  const Node* router = retriever->find("partition_router");
  const Node* cursor = stream.find("incremental_sync");
  const Node* parents = router == nullptr ? nullptr : router->find("parent_stream_configs");
  const bool is_union = router != nullptr && router->type() == "UnionPartitionRouter";
  if (cursor == nullptr || (!is_union && (parents == nullptr || parents->items.empty()))) {
    return migrations->error("a state migration needs incremental_sync and parent streams");
  }
  StateMigration migration;
  const Node& owner = is_union ? *router : parents->items.front();
  migration.partition_field_ =
      TRY(evaluate_text(owner, "partition_field", environment.config, environment.clock));
  migration.cursor_field_ = TRY(evaluate_text(innermost_cursor(*cursor), "cursor_field",
                                              environment.config, environment.clock));
  migration.applies_ = is_union || parents->items.size() == 1;
  return std::optional(std::move(migration));
}

Value StateMigration::migrated(const Value& state) const {
  const Map* old = state.as_map();
  if (!applies_ || old == nullptr || old->empty() || old->find(kStates) != nullptr) {
    return state;
  }
  const bool is_legacy =
      std::all_of(old->members().begin(), old->members().end(), [&](const Map::Member& member) {
        const Map* cursor = member.second.as_map();
        return cursor != nullptr && cursor->size() == 1 && cursor->find(cursor_field_) != nullptr;
      });
  if (!is_legacy) {
    return state;
  }
  List states;
  for (const auto& [key, cursor] : old->members()) {
    states.push_back(Map{{"partition", Map{{partition_field_, key}}}, {"cursor", cursor}});
  }
  return Map{{std::string(kStates), std::move(states)}};
}

}  // namespace tendril

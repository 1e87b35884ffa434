#include "manifest/cursor_state.h"

#include <algorithm>
#include <utility>

#include "manifest/stream_slice.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

// The time under the cursor's name in `state`; nullopt when there is none.
Result<std::optional<Instant>> time_in(const Value* state, const DatetimeCursor& cursor) {
  const Value* value = state == nullptr ? nullptr : state->find(cursor.field());
  if (value == nullptr || value->is_null()) {
    return std::optional<Instant>();
  }
  auto instant = cursor.parse(plain_text(*value));
  if (!instant.ok()) {
    return std::move(instant).error().while_doing("reading the state of " + cursor.field());
  }
  return std::optional(*instant);
}

// From what was read before, or the start, to the latest record; see CursorState::after().
Instant moved(std::optional<Instant> before, const Window& span, std::optional<Instant> latest) {
  const Instant base = before ? std::max(*before, span.start) : span.start;
  return latest ? std::max(base, std::min(*latest, span.end)) : base;
}

}  // namespace

Result<CursorState> CursorState::parse(const Value& state, const DatetimeCursor& cursor) {
  CursorState result;
  const Value* states = state.find("states");
  const Value* global = state.find("state");
  if (states == nullptr && global == nullptr) {
    result.global_ = TRY(time_in(&state, cursor));
    result.global_for_all_ = true;
  } else {
    result.global_ = TRY(time_in(global, cursor));
    const Value* for_all = state.find("use_global_cursor");
    result.global_for_all_ = states == nullptr || (for_all != nullptr && is_truthy(*for_all));
  }
  const List* list = states == nullptr ? nullptr : states->as_list();
  for (const Value& entry : list == nullptr ? List() : *list) {
    const Value* partition = entry.find("partition");
    const auto until = TRY(time_in(entry.find("cursor"), cursor));
    if (partition != nullptr && partition->is_map() && until) {
      result.partitions_[canonical_json(*partition)] = {*partition->as_map(), *until};
    }
  }
  if (const Value* parents = state.find("parent_state")) {
    result.parent_states_ = *parents;
  }
  return result;
}

std::optional<Instant> CursorState::read_until(const Map& partition) const {
  if (partition.empty() || global_for_all_) {
    return global_;
  }
  const auto found = partitions_.find(canonical_json(partition));
  return found == partitions_.end() ? std::nullopt : std::optional(found->second.read_until);
}

Value CursorState::after(const DatetimeCursor& cursor, const Window& span,
                         std::span<const SliceOutcome> outcomes, bool has_partitions) const {
  if (has_partitions) {
    return partitioned(cursor, span, outcomes);
  }
  std::optional<Instant> latest;
  for (const SliceOutcome& outcome : outcomes) {
    latest = std::max(latest, outcome.most_recent);
  }
  return Map{{cursor.field(), cursor.format(moved(global_, span, latest))}};
}

Value CursorState::partitioned(const DatetimeCursor& cursor, const Window& span,
                               std::span<const SliceOutcome> outcomes) const {
  std::map<std::string, PartitionState> partitions = partitions_;
  std::optional<Instant> latest;
  for (const SliceOutcome& outcome : outcomes) {
    const Instant until = moved(read_until(outcome.partition), span, outcome.most_recent);
    auto [place, is_new] = partitions.try_emplace(canonical_json(outcome.partition),
                                                  PartitionState{outcome.partition, until});
    place->second.read_until = std::max(place->second.read_until, until);
    latest = std::max(latest, std::optional(until));
  }
  for (const auto& [key, partition] : partitions) {
    latest = std::max(latest, std::optional(partition.read_until));
  }
  const bool one_for_all = cursor.is_global() || partitions.size() > kPartitionsMax;
  Map state{{"use_global_cursor", one_for_all}};
  if (!one_for_all) {
    List list;
    for (auto& [key, partition] : partitions) {
      const std::string until = cursor.format(partition.read_until);
      list.push_back(Map{{"partition", std::move(partition.partition)},
                         {"cursor", Map{{cursor.field(), until}}}});
    }
    state.append("states", std::move(list));
  }
  if (latest || global_) {
    const Instant until = std::max(latest, global_).value();
    state.append("state", Map{{cursor.field(), cursor.format(until)}});
  }
  return state;
}

}  // namespace tendril

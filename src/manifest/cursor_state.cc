#include "manifest/cursor_state.h"

#include <algorithm>
#include <utility>

#include "manifest/stream_slice.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::string_view kStates = "states";
constexpr std::string_view kState = "state";
constexpr std::string_view kUseGlobal = "use_global_cursor";
constexpr std::string_view kLookback = "lookback_window";
constexpr std::string_view kParents = "parent_state";

std::int64_t whole_seconds(Micros duration) {
  constexpr Micros kSecond = std::chrono::seconds(1);
  return std::max<std::int64_t>(1, (duration + kSecond - Micros(1)) / kSecond);
}

}  // namespace

Result<CursorState> CursorState::parse(const Value& state, const StreamCursor& cursor,
                                       bool is_global) {
  CursorState result(cursor);
  result.original_ = state;
  result.uses_global_ = is_global || cursor.options().is_global;
  const bool is_partitioned = state.find(kStates) != nullptr || state.find(kState) != nullptr;
  if (is_partitioned) {
    TRY(result.parse_partitions(state));
  } else if (const Value* value = state.find(cursor.field())) {
    result.global_ = Map{{cursor.field(), *value}};
  }
  if (const Value* parents = state.find(kParents)) {
    result.parent_states_ = *parents;
  }
  // Reads every value once, so that a broken state is found before anything is read.
  TRY(ReadSpans::parse(is_partitioned ? result.global_ : state, cursor, Instant()));
  for (const PartitionState& each : result.states_) {
    TRY(ReadSpans::parse(each.state, cursor, Instant()));
  }
  return result;
}

Status CursorState::parse_partitions(const Value& state) {
  const Value* use_global = state.find(kUseGlobal);
  uses_global_ = use_global != nullptr && is_truthy(*use_global);
  if (const Value* seconds = state.find(kLookback); seconds != nullptr && seconds->as_int()) {
    lookback_ = std::chrono::seconds(*seconds->as_int());
  }
  const Value* global = state.find(kState);
  const Value* value = global == nullptr ? nullptr : global->find(cursor_->field());
  if (value != nullptr && !value->is_null()) {
    global_ = Map{{cursor_->field(), *value}};
  }
  const Value* states = state.find(kStates);
  const List* list = states == nullptr ? nullptr : states->as_list();
  for (const Value& entry : list == nullptr ? List() : *list) {
    const Value* partition = entry.find("partition");
    const Value* cursor = entry.find("cursor");
    if (partition == nullptr || !partition->is_map() || cursor == nullptr) {
      return Error{ErrorCode::BadData, "state of a partition lacks its partition or its cursor"};
    }
    const auto [place, is_new] = index_.try_emplace(canonical_json(*partition), states_.size());
    if (is_new) {
      states_.push_back({*partition->as_map(), *cursor});
    } else {
      states_[place->second].state = *cursor;
    }
  }
  return {};
}

bool CursorState::knows(const Map& partition) const {
  return index_.contains(canonical_json(partition));
}

Result<ReadSpans> CursorState::read_spans(const Map& partition, Instant start) const {
  if (partition.empty()) {
    return ReadSpans::parse(original_, *cursor_, start);
  }
  const auto found = index_.find(canonical_json(partition));
  if (found != index_.end()) {
    return ReadSpans::parse(states_[found->second].state, *cursor_, start);
  }
  return ReadSpans::parse(global_, *cursor_, start, global_.is_null() ? Micros(0) : lookback_);
}

std::optional<Instant> CursorState::kept(const std::optional<Instant>& time,
                                         const RunFacts& facts) const {
  return time ? std::optional(std::min(*time, std::max(facts.span.end, facts.started))) : time;
}

void CursorState::add(const SliceOutcome& outcome, const RunFacts& facts, ReadSpans& spans) const {
  const auto latest = kept(outcome.most_recent, facts);
  if (const auto window = cursor_->window_of(outcome.window)) {
    spans.add({window->start, window->end, latest});
  } else if (latest) {
    spans.add({spans.complete_until(), *latest, latest});
  }
}

Result<Value> CursorState::after(std::span<const SliceOutcome> outcomes,
                                 const RunFacts& facts) const {
  if (facts.has_partitions) {
    return partitioned(outcomes, facts);
  }
  ReadSpans spans = TRY(read_spans(Map(), facts.span.start));
  for (const SliceOutcome& outcome : outcomes) {
    add(outcome, facts, spans);
  }
  spans.merge(cursor_->options().unit);
  return spans.state(*cursor_);
}

Result<Value> CursorState::partitioned(std::span<const SliceOutcome> outcomes,
                                       const RunFacts& facts) const {
  const bool uses_global = uses_global_ || facts.has_too_many_partitions;
  std::map<std::string, std::vector<const SliceOutcome*>> outcomes_of;
  ReadSpans global = TRY(ReadSpans::parse(global_, *cursor_, Instant::min()));
  std::optional<Instant> latest;
  if (!global_.is_null()) {
    latest = global.complete_until();
  }
  bool has_read = false;
  for (const SliceOutcome& outcome : outcomes) {
    outcomes_of[canonical_json(outcome.partition)].push_back(&outcome);
    latest = std::max(latest, kept(outcome.most_recent, facts));
    has_read = has_read || outcome.most_recent.has_value();
  }
  List states;
  const auto add_state = [&](const Map& partition) -> Status {
    ReadSpans spans = TRY(read_spans(partition, facts.span.start));
    const auto found = outcomes_of.find(canonical_json(partition));
    if (found != outcomes_of.end()) {
      for (const SliceOutcome* outcome : found->second) {
        add(*outcome, facts, spans);
      }
      spans.merge(cursor_->options().unit);
      latest = std::max(latest, std::optional(spans.complete_until()));
    }
    states.push_back(Map{{"partition", partition}, {"cursor", spans.state(*cursor_)}});
    return {};
  };
  Map state{{std::string(kUseGlobal), uses_global}};
  if (!uses_global) {
    for (const PartitionState& each : states_) {
      TRY(add_state(each.partition));
    }
    for (const Map& partition : facts.new_partitions) {
      TRY(add_state(partition));
    }
    state.append(std::string(kStates), std::move(states));
  }
  if (has_read) {
    state.append(std::string(kState), Map{{cursor_->field(), cursor_->format(*latest)}});
  } else if (!global_.is_null()) {
    state.append(std::string(kState), global.state(*cursor_));
  }
  const std::int64_t lookback =
      has_read ? whole_seconds(facts.took) : lookback_.count() / 1'000'000;
  state.append(std::string(kLookback), lookback);
  return Value(std::move(state));
}

}  // namespace tendril

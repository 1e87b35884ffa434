#include "manifest/cursor_state.h"

#include <algorithm>
#include <utility>

#include "connector/high_water_mark.h"
#include "manifest/stream_slice.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::string_view kStates = "states";
constexpr std::string_view kState = "state";
constexpr std::string_view kUseGlobal = "use_global_cursor";
constexpr std::string_view kLookback = "lookback_window";
constexpr std::string_view kParents = "parent_state";
constexpr Window kAnySpan{Instant(), Instant::max()};

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
  TRY(ReadSpans::parse(is_partitioned ? result.global_ : state, cursor, kAnySpan));
  for (const PartitionState& each : result.states_) {
    TRY(ReadSpans::parse(each.state, cursor, kAnySpan));
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

Result<ReadSpans> CursorState::read_spans(const Map& partition, const Window& span) const {
  if (partition.empty()) {
    return ReadSpans::parse(original_, *cursor_, span);
  }
  const auto found = index_.find(canonical_json(partition));
  if (found != index_.end()) {
    return ReadSpans::parse(states_[found->second].state, *cursor_, span);
  }
  return ReadSpans::parse(global_, *cursor_, span, global_.is_null() ? Micros(0) : lookback_);
}

std::optional<Instant> CursorState::kept(const std::optional<Instant>& time,
                                         const RunFacts& facts) const {
  // A run that reads into the future keeps times of it, as the reference does; not so with an
  // overlap, which stands for losing nothing: what changed during the run may lie before them.
  const bool is_strict = cursor_->options().overlap && cursor_->options().is_time;
  const Instant last = is_strict ? facts.started : std::max(facts.span.end, facts.started);
  return time ? std::optional(std::min(*time, last)) : time;
}

void CursorState::add(const SliceOutcome& outcome, const RunFacts& facts, ReadSpans& spans) const {
  const auto latest = kept(outcome.most_recent, facts);
  if (const auto window = cursor_->window_of(outcome.window)) {
    spans.add({window->start, window->end, latest});
  } else if (latest) {
    spans.add({spans.complete_until(), *latest, latest});
  }
}

// The records that all partitions of a stream may keep.
std::size_t CursorState::room() const {
  const auto& overlap = cursor_->options().overlap;
  return overlap ? overlap->remembered_max : 0;
}

// Keeps the records that the next run comes across again.
Status CursorState::remember(std::span<const SliceOutcome* const> outcomes, const RunFacts& facts,
                             std::size_t& room, ReadSpans& spans) const {
  const auto& overlap = cursor_->options().overlap;
  if (!overlap) {
    return {};
  }
  using Identity = BoundarySet::Identity;
  BoundarySet edge(facts.has_key ? Identity::Key : Identity::Content, room);
  TRY(edge.take_over(spans.known()));
  for (const SliceOutcome* outcome : outcomes) {
    TRY(edge.absorb(outcome->seen));
  }
  const std::int64_t from = micros_of(spans.edge(*cursor_));
  edge.settle(saturated_difference(from, overlap->span.count()));
  room -= edge.size();
  if (edge.has_forgotten() && facts.on_forgotten) {
    facts.on_forgotten();
  }
  spans.set_known(edge.state());
  return {};
}

Result<Value> CursorState::after(std::span<const SliceOutcome> outcomes,
                                 const RunFacts& facts) const {
  if (facts.has_partitions) {
    return partitioned(outcomes, facts);
  }
  ReadSpans spans = TRY(read_spans(Map(), facts.span));
  std::vector<const SliceOutcome*> all;
  for (const SliceOutcome& outcome : outcomes) {
    add(outcome, facts, spans);
    all.push_back(&outcome);
  }
  spans.merge(cursor_->options().unit);
  std::size_t free = room();
  TRY(remember(all, facts, free, spans));
  return spans.state(*cursor_);
}

Result<Value> CursorState::partitioned(std::span<const SliceOutcome> outcomes,
                                       const RunFacts& facts) const {
  const bool uses_global = uses_global_ || facts.has_too_many_partitions;
  std::map<std::string, std::vector<const SliceOutcome*>> outcomes_of;
  ReadSpans global = TRY(ReadSpans::parse(global_, *cursor_, {Instant::min(), facts.span.end}));
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
  std::size_t free = room();
  const auto add_state = [&](const Map& partition) -> Status {
    ReadSpans spans = TRY(read_spans(partition, facts.span));
    const auto found = outcomes_of.find(canonical_json(partition));
    if (found != outcomes_of.end()) {
      for (const SliceOutcome* outcome : found->second) {
        add(*outcome, facts, spans);
      }
      spans.merge(cursor_->options().unit);
      TRY(remember(found->second, facts, free, spans));
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
    state.append(std::string(kState),
                 Map{{cursor_->field(), cursor_->format(global.complete_until())}});
  }
  const std::int64_t lookback =
      has_read ? whole_seconds(facts.took) : lookback_.count() / 1'000'000;
  state.append(std::string(kLookback), lookback);
  return Value(std::move(state));
}

}  // namespace tendril

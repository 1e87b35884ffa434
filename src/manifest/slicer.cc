#include "manifest/slicer.h"

#include <functional>

namespace tendril {
namespace {

constexpr std::string_view kStart = "start";
constexpr std::string_view kEnd = "end";
constexpr std::string_view kParents = "parents";

// The instant that plan() wrote under `name`.
Result<std::optional<Instant>> instant_in(const Value& plan, std::string_view name) {
  const Value* value = plan.find(name);
  const std::string* text = value == nullptr ? nullptr : value->as_string();
  if (text == nullptr) {
    return std::optional<Instant>();
  }
  const Datetime datetime = TRY(parse_datetime(*text));
  return std::optional(datetime.instant);
}

std::pair<std::size_t, std::size_t> fingerprint(const std::string& text) {
  const std::hash<std::string> hash;
  return {hash(text), hash(text + "#")};
}

}  // namespace

Result<std::unique_ptr<Slicer>> Slicer::open(const DeclarativeStream& stream,
                                             const SlicerRequest& request) {
  std::unique_ptr<Slicer> slicer(new Slicer(stream));
  ParentMemory memory;
  if (stream.cursor) {
    TRY(slicer->read_span(request.plan));
    slicer->state_ = TRY(CursorState::parse(request.state, *stream.cursor));
    memory.states = slicer->state_->parent_states();
  }
  if (stream.router != nullptr) {
    memory.incremental = stream.cursor.has_value();
    if (const Value* parents = request.plan.find(kParents)) {
      memory.plan = *parents;
    }
    slicer->partitions_ = TRY(stream.router->open(memory));
  }
  return slicer;
}

Status Slicer::read_span(const Value& plan) {
  span_ = TRY(stream_.cursor->span());
  const auto start = TRY(instant_in(plan, kStart));
  const auto end = TRY(instant_in(plan, kEnd));
  span_->start = start.value_or(span_->start);
  span_->end = end.value_or(span_->end);
  return {};
}

Value Slicer::plan() const {
  Map plan;
  if (span_) {
    plan.append(std::string(kStart), to_iso(span_->start));
    plan.append(std::string(kEnd), to_iso(span_->end));
  }
  if (partitions_ != nullptr) {
    if (Value parents = partitions_->plan(); !parents.is_null()) {
      plan.append(std::string(kParents), std::move(parents));
    }
  }
  return plan.empty() ? Value() : Value(std::move(plan));
}

Result<bool> Slicer::next_partition(std::stop_token stop) {
  if (partitions_ == nullptr) {
    const bool is_first = !started_;
    started_ = true;
    partition_ = Partition();
    return is_first;
  }
  do {
    partition_ = TRY(partitions_->next(stop));
    if (!partition_) {
      return false;
    }
  } while (!seen_.insert(fingerprint(canonical_json(partition_->fields))).second);
  return true;
}

Result<std::optional<StreamSlice>> Slicer::next(std::stop_token stop) {
  for (;;) {
    const std::optional<Window> window = windows_ ? windows_->next() : std::nullopt;
    if (window) {
      return std::optional(StreamSlice{partition_->fields, partition_->extra_fields,
                                       stream_.cursor->window_view(*window)});
    }
    windows_.reset();
    const bool found = TRY(next_partition(stop));
    if (!found) {
      return std::optional<StreamSlice>();
    }
    if (!stream_.cursor) {
      return std::optional(StreamSlice{partition_->fields, partition_->extra_fields, Map()});
    }
    windows_.emplace(stream_.cursor->plan(*span_, state_->read_until(partition_->fields)));
  }
}

std::optional<TimeRange> Slicer::time_range(const Map& partition) const {
  if (!stream_.cursor) {
    return std::nullopt;
  }
  return TimeRange{stream_.cursor->lowest(*span_, state_->read_until(partition)), span_->end};
}

Value Slicer::state_after(std::span<const SliceOutcome> outcomes) const {
  if (!stream_.cursor) {
    return {};
  }
  Value state = state_->after(*stream_.cursor, *span_, outcomes, partitions_ != nullptr);
  if (partitions_ != nullptr) {
    if (Map parents = partitions_->parent_states(); !parents.empty()) {
      state.as_map()->set("parent_state", std::move(parents));
    }
  }
  return state;
}

}  // namespace tendril

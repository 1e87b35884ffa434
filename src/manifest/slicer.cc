#include "manifest/slicer.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "manifest/id_read.h"
#include "manifest/stream_choice.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::string_view kStart = "start";
constexpr std::string_view kEnd = "end";
constexpr std::string_view kStartedAt = "started_at";
constexpr std::string_view kParents = "parents";
constexpr std::string_view kStream = "stream";
constexpr std::string_view kParentState = "parent_state";

// The instant that plan() wrote under `name`.
Instant instant_in(const Value& plan, std::string_view name, Instant otherwise) {
  const Value* value = plan.find(name);
  const std::int64_t* micros = value == nullptr ? nullptr : value->as_int();
  return micros == nullptr ? otherwise : instant_from_micros(*micros);
}

std::pair<std::size_t, std::size_t> fingerprint(const std::string& text) {
  const std::hash<std::string> hash;
  return {hash(text), hash(text + "#")};
}

}  // namespace

Result<std::unique_ptr<Slicer>> Slicer::open(const DeclarativeStream& stream,
                                             const Environment& environment,
                                             const SlicerRequest& request) {
  std::unique_ptr<Slicer> slicer(new Slicer(stream, environment));
  slicer->started_at_ = instant_in(request.plan, kStartedAt, environment.clock.now());
  const Value state = stream.migration ? stream.migration->migrated(request.state) : request.state;
  slicer->has_key_ = request.has_key;
  ParentMemory memory;
  if (stream.cursor) {
    TRY(slicer->read_span(request.plan));
    const bool is_global = stream.router != nullptr && stream.router->is_global();
    slicer->state_ = TRY(CursorState::parse(state, *stream.cursor, is_global));
    memory.child_state = state;
  }
  // They hold no more than the first run asks for.
  const Map* members = state.as_map();
  slicer->uses_first_pages_ = members == nullptr || members->empty();
  if (stream.router != nullptr) {
    if (const Value* parents = request.plan.find(kParents)) {
      memory.plan = *parents;
    }
    slicer->partitions_ = TRY(stream.router->open(memory));
  }
  return slicer;
}

Status Slicer::read_span(const Value& plan) {
  span_ = TRY(stream_.cursor->span());
  span_->start = instant_in(plan, kStart, span_->start);
  span_->end = instant_in(plan, kEnd, span_->end);
  return {};
}

Value Slicer::plan() const {
  Map plan;
  if (span_) {
    plan.append(std::string(kStart), micros_of(span_->start));
    plan.append(std::string(kEnd), micros_of(span_->end));
    plan.append(std::string(kStartedAt), micros_of(started_at_));
  }
  if (partitions_ != nullptr) {
    if (Value parents = partitions_->plan(); !parents.is_null()) {
      plan.append(std::string(kParents), std::move(parents));
    }
  }
  if (!stream_.role.empty()) {
    plan.append(std::string(kStream), stream_.role);
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
  note_partition();
  keep_first_page();
  return true;
}

void Slicer::keep_first_page() {
  if (uses_first_pages_ && partition_->first_page) {
    const std::lock_guard lock(mutex_);
    first_pages_[canonical_json(partition_->fields)] = *std::move(partition_->first_page);
  }
}

std::optional<Value> Slicer::first_page(const Map& partition) const {
  const std::lock_guard lock(mutex_);
  if (first_pages_.empty()) {
    return std::nullopt;
  }
  const auto found = first_pages_.find(canonical_json(partition));
  return found == first_pages_.end() ? std::nullopt : std::optional(found->second);
}

void Slicer::drop_first_page(const Map& partition) {
  const std::lock_guard lock(mutex_);
  if (!first_pages_.empty()) {
    first_pages_.erase(canonical_json(partition));
  }
}

// Once all partitions share one state, nobody asks for them any more.
void Slicer::note_partition() {
  if (!state_ || has_too_many_partitions_) {
    return;
  }
  const std::size_t known = state_->known_partitions() + new_partitions_.size();
  if (known > CursorState::kPartitionsMax) {
    has_too_many_partitions_ = true;
    new_partitions_ = {};
  } else if (!state_->knows(partition_->fields)) {
    new_partitions_.push_back(partition_->fields);
  }
}

Status Slicer::plan_windows() {
  const ReadSpans spans = TRY(state_->read_spans(partition_->fields, *span_));
  warn_of(spans);
  const StreamCursor::Options& options = stream_.cursor->options();
  plans_ = spans.unread(*stream_.cursor, span_->end);
  if (options.id_paging != nullptr && options.id_paging->range_size > 0) {
    ids_from_ = std::max(plans_.back().lower, plans_.back().start);
    plans_.clear();
    return {};
  }
  if (options.is_newest_first) {
    plan_in_reverse(std::exchange(plans_, {}), !spans.is_new());
    return {};
  }
  std::reverse(plans_.begin(), plans_.end());
  return {};
}

// What is new is read whole; of what is past, the newest windows.
void Slicer::plan_in_reverse(std::vector<WindowPlan> plans, bool has_read) {
  const StreamCursor::Options& options = stream_.cursor->options();
  std::vector<Window> past;
  std::vector<Window> fresh;
  for (const WindowPlan& plan : plans) {
    Windows windows(options.rules, plan);
    while (const auto window = windows.next()) {
      (plan.upper_is_end && has_read ? fresh : past).push_back(*window);
    }
  }
  const auto count = static_cast<std::int64_t>(past.size());
  const std::int64_t taken = std::min(options.windows_per_run.value_or(count), count);
  newest_last_.assign(past.end() - taken, past.end());
  newest_last_.insert(newest_last_.end(), fresh.begin(), fresh.end());
}

// The reference says nothing of either.
void Slicer::warn_of(const ReadSpans& spans) {
  const StreamCursor& cursor = *stream_.cursor;
  const Instant now = std::max(span_->end, environment_.clock.now());
  const bool is_ahead = cursor.options().is_time && spans.complete_until() > now;
  if (has_warned_ || (!is_ahead && !spans.left_behind())) {
    return;
  }
  has_warned_ = true;
  if (is_ahead) {
    environment_.log.warning(
        "the state lies in the future: nothing is read until then",
        {{"stream", stream_.name}, {"state", plain_text(cursor.format(spans.complete_until()))}});
    return;
  }
  environment_.log.warning("the state lies before the start: what changed between them is not read",
                           {{"stream", stream_.name},
                            {"state", plain_text(cursor.format(*spans.left_behind()))},
                            {"start", plain_text(cursor.format(span_->start))}});
}

// The next range holds the first record that is not in one, so that gaps cost nothing. Borders do
// not go by records, which may come and go: an interrupted run finds its ranges again.
Result<std::optional<Window>> Slicer::next_id_range(std::stop_token stop) {
  IdRead probe(stream_, environment_, StreamSlice{partition_->fields, partition_->extra_fields, {}},
               Value());
  const auto first = TRY(probe.first_above(micros_of(*ids_from_), stop));
  if (!first) {
    ids_from_.reset();
    return std::optional<Window>();
  }
  const Micros size(stream_.cursor->options().id_paging->range_size);
  const Micros above = instant_from_micros(*first - 1) - *ids_from_;
  const Instant start = *ids_from_ + above / size * size;
  const Instant end = start + size;
  ids_from_ = end;
  return std::optional(Window{start, end});
}

Result<std::optional<Window>> Slicer::next_window(std::stop_token stop) {
  if (ids_from_) {
    return next_id_range(stop);
  }
  if (!newest_last_.empty()) {
    const Window window = newest_last_.back();
    newest_last_.pop_back();
    return std::optional(window);
  }
  for (;;) {
    if (const auto window = windows_ ? windows_->next() : std::nullopt) {
      return window;
    }
    windows_.reset();
    if (plans_.empty()) {
      return std::optional<Window>();
    }
    windows_.emplace(stream_.cursor->options().rules, plans_.back());
    plans_.pop_back();
  }
}

Result<std::optional<StreamSlice>> Slicer::next(std::stop_token stop) {
  for (;;) {
    const std::optional<Window> window = TRY(next_window(stop));
    if (window) {
      return std::optional(StreamSlice{partition_->fields, partition_->extra_fields,
                                       stream_.cursor->window_view(*window)});
    }
    const bool found = TRY(next_partition(stop));
    if (!found) {
      return std::optional<StreamSlice>();
    }
    if (!stream_.cursor) {
      return std::optional(StreamSlice{partition_->fields, partition_->extra_fields, Map()});
    }
    TRY(plan_windows());
  }
}

Result<std::optional<TimeRange>> Slicer::time_range(const Map& partition) const {
  if (!stream_.cursor) {
    return std::optional<TimeRange>();
  }
  const ReadSpans spans = TRY(state_->read_spans(partition, *span_));
  return std::optional(
      TimeRange{spans.lowest(*stream_.cursor), *span_, started_at_, spans.known()});
}

RunFacts Slicer::facts() const {
  RunFacts facts;
  facts.span = *span_;
  facts.started = started_at_;
  facts.took = environment_.clock.now() - started_at_;
  facts.has_partitions = partitions_ != nullptr;
  facts.new_partitions = new_partitions_;
  facts.has_too_many_partitions = has_too_many_partitions_;
  facts.has_key = has_key_;
  facts.on_forgotten = [this] {
    environment_.log.warning(
        "more records share the edge of what was read than are remembered: some may come again",
        {{"stream", stream_.name},
         {"remembered", stream_.cursor->options().overlap->remembered_max}});
  };
  return facts;
}

Result<Value> Slicer::state_after(std::span<const SliceOutcome> outcomes) const {
  if (!stream_.cursor) {
    return stream_.role.empty() ? Value() : whole_stream_state();
  }
  Value state = TRY(state_->after(outcomes, facts()));
  if (partitions_ != nullptr) {
    const std::optional<Map> parents = TRY(partitions_->parent_states());
    if (parents) {
      state.as_map()->set(kParentState, *parents);
    }
  }
  return state;
}

}  // namespace tendril

#include "manifest/read_spans.h"

#include <algorithm>
#include <string>
#include <utility>

#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::string_view kStart = "start";
constexpr std::string_view kEnd = "end";
constexpr std::string_view kMostRecent = "most_recent_cursor_value";
constexpr std::string_view kType = "state_type";
constexpr std::string_view kSlices = "slices";
constexpr std::string_view kRanges = "date-range";
// What a cursor with an overlap keeps beside its value.
constexpr std::string_view kOverlap = "_tendril_overlap";
constexpr std::string_view kFrom = "from";    // Nothing before it is ever read.
constexpr std::string_view kKnown = "known";  // See BoundarySet.

// The value under `name`; nullopt when there is none.
Result<std::optional<Instant>> value_in(const Value& state, std::string_view name,
                                        const StreamCursor& cursor) {
  const Value* value = state.find(name);
  if (value == nullptr || value->is_null()) {
    return std::optional<Instant>();
  }
  auto instant = cursor.parse(plain_text(*value));
  if (!instant.ok()) {
    Error error = std::move(instant).error();
    error.code = ErrorCode::BadData;
    return std::move(error).while_doing("reading the state of " + cursor.field());
  }
  return std::optional(*instant);
}

Result<std::vector<ReadSpan>> spans_in(const Value& state, const StreamCursor& cursor) {
  const Value* type = state.find(kType);
  const Value* slices = state.find(kSlices);
  std::vector<ReadSpan> spans;
  if (type == nullptr || slices == nullptr || !slices->is_list()) {
    return spans;
  }
  for (const Value& slice : *slices->as_list()) {
    const auto start = TRY(value_in(slice, kStart, cursor));
    const auto end = TRY(value_in(slice, kEnd, cursor));
    const auto most_recent = TRY(value_in(slice, kMostRecent, cursor));
    if (!start || !end) {
      return Error{ErrorCode::BadData, "state has a span without start and end: " + cursor.field()};
    }
    spans.push_back({*start, *end, most_recent});
  }
  return spans;
}

// As exact as the cursor's format can say it.
Result<Instant> rounded(Instant value, const StreamCursor& cursor) {
  return cursor.parse(plain_text(cursor.format(value)));
}

// `lookback` earlier, as exact as the format can say.
Result<Instant> moved_back(Instant value, Micros lookback, const StreamCursor& cursor) {
  if (lookback <= Micros(0)) {
    return value;
  }
  return rounded(value - lookback, cursor);
}

}  // namespace

Status ReadSpans::take_over_edge(const Value& state, const StreamCursor& cursor) {
  const Value* edge = state.find(kOverlap);
  if (edge == nullptr) {
    return {};
  }
  const auto from = TRY(value_in(*edge, kFrom, cursor));
  start_ = std::min(start_, from.value_or(start_));
  if (const Value* known = edge->find(kKnown)) {
    known_ = *known;
  }
  return {};
}

Result<ReadSpans> ReadSpans::parse(const Value& state, const StreamCursor& cursor,
                                   const Window& span, Micros lookback) {
  const bool has_overlap = cursor.options().overlap.has_value();
  ReadSpans result;
  result.start_ = span.start;
  if (const Map* members = state.as_map()) {
    result.others_ = *members;
    for (const std::string_view ours : {kType, kSlices, kOverlap}) {
      result.others_.erase(ours);
    }
  }
  if (has_overlap) {
    TRY(result.take_over_edge(state, cursor));
  }
  result.low_water_ = result.start_;
  result.spans_ = TRY(spans_in(state, cursor));
  if (!result.spans_.empty()) {
    result.others_ = Map();
    result.merge(cursor.options().unit);
    ReadSpan& last = result.spans_.back();
    last.end = has_overlap ? std::max(last.start, std::min(last.end, span.end)) : last.end;
    const ReadSpan& first = result.spans_.front();
    result.low_water_ = first.most_recent.value_or(first.end);
    return result;
  }
  const auto until = TRY(value_in(state, cursor.field(), cursor));
  if (until) {
    Instant from = TRY(moved_back(*until, lookback, cursor));
    if (has_overlap) {
      // The start is for the first run: a long pause loses nothing. And a clock that was ahead once
      // keeps nothing from being read.
      from = std::min(from, span.end);
      result.start_ = std::min(result.start_, from);
    } else if (from < span.start) {
      result.left_behind_ = from;
    }
    result.low_water_ = std::max(result.start_, from);
  }
  // Start and end are the bounds of what earlier runs may have read.
  if (until || !cursor.options().windows_per_run) {
    result.spans_.push_back({result.start_, result.low_water_, result.low_water_});
  }
  return result;
}

std::vector<WindowPlan> ReadSpans::unread(const StreamCursor& cursor, Instant end) const {
  if (spans_.empty()) {
    return {{start_, start_, end, true}};
  }
  std::vector<WindowPlan> plans;
  const StreamCursor::Options& options = cursor.options();
  if (start_ < spans_.front().start) {
    plans.push_back({start_, start_, spans_.front().start, false});
  }
  for (std::size_t i = 0; i + 1 < spans_.size(); ++i) {
    plans.push_back(
        {start_, spans_[i].end + options.rules.granularity, spans_[i + 1].start, false});
  }
  const Micros overlap = options.overlap ? options.overlap->span : Micros(0);
  const Instant lower = subtract(spans_.back().end, options.lookback) - overlap;
  plans.push_back({start_, lower, end, true});
  return plans;
}

bool ReadSpans::has_gap() const { return spans_.size() != 1 || start_ < spans_.front().start; }

Instant ReadSpans::lowest(const StreamCursor& cursor) const {
  if (spans_.empty() || start_ < spans_.front().start) {
    return start_;  // The first gap is read, too.
  }
  const StreamCursor::Options& options = cursor.options();
  const Micros overlap = options.overlap ? options.overlap->span : Micros(0);
  if (options.lookback == Duration() && overlap == Micros(0)) {
    return low_water_;
  }
  return std::max(subtract(low_water_, options.lookback) - overlap, std::min(low_water_, start_));
}

void ReadSpans::merge(Micros unit) {
  if (spans_.empty()) {
    return;
  }
  std::stable_sort(spans_.begin(), spans_.end(), [](const ReadSpan& a, const ReadSpan& b) {
    return std::pair(a.start, a.end) < std::pair(b.start, b.end);
  });
  std::vector<ReadSpan> merged{spans_.front()};
  for (std::size_t i = 1; i < spans_.size(); ++i) {
    ReadSpan& last = merged.back();
    const ReadSpan& next = spans_[i];
    if (last.end + unit < next.start) {
      merged.push_back(next);
      continue;
    }
    last.end = std::max(last.end, next.end);
    last.most_recent = std::max(last.most_recent, next.most_recent);  // nullopt is the least.
  }
  spans_ = std::move(merged);
}

Instant ReadSpans::complete_until() const {
  return spans_.empty() ? start_ : spans_.front().most_recent.value_or(spans_.front().start);
}

Instant ReadSpans::edge(const StreamCursor& cursor) const {
  const bool is_front = !cursor.options().windows_per_run || spans_.empty();
  const Instant edge =
      is_front ? complete_until() : spans_.back().most_recent.value_or(spans_.back().start);
  const auto exact = rounded(edge, cursor);
  return exact.ok() ? *exact : edge;
}

// The last span ends with the last record in it, as the plain state does: what is newer may be of
// the same time, or later.
Value ReadSpans::spans_state(const StreamCursor& cursor) const {
  List slices;
  for (const ReadSpan& span : spans_) {
    const bool is_last = &span == &spans_.back();
    const Instant end = is_last ? span.most_recent.value_or(span.start) : span.end;
    Map slice{{std::string(kStart), cursor.format(span.start)},
              {std::string(kEnd), cursor.format(end)}};
    if (span.most_recent) {
      slice.append(std::string(kMostRecent), cursor.format(*span.most_recent));
    }
    slices.push_back(std::move(slice));
  }
  Map state;
  state.set(kType, kRanges);
  state.set(kSlices, std::move(slices));
  return state;
}

Value ReadSpans::state(const StreamCursor& cursor) const {
  const bool keeps_spans = cursor.options().windows_per_run && has_gap();
  if (keeps_spans && spans_.empty()) {
    return others_.empty() ? Value() : Value(others_);
  }
  Value state = keeps_spans ? spans_state(cursor) : Value(others_);
  if (!keeps_spans) {
    state.as_map()->set(cursor.field(), cursor.format(complete_until()));
  }
  if (cursor.options().overlap) {
    Map edge{{std::string(kFrom), cursor.format(start_)}};
    if (const List* known = known_.as_list(); known != nullptr && !known->empty()) {
      edge.append(std::string(kKnown), known_);
    }
    state.as_map()->set(kOverlap, std::move(edge));
  }
  return state;
}

}  // namespace tendril

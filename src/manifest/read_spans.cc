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
  const Value* type = state.find("state_type");
  const Value* slices = state.find("slices");
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

// `lookback` earlier, as exact as the format can say.
Result<Instant> moved_back(Instant value, Micros lookback, const StreamCursor& cursor) {
  if (lookback <= Micros(0)) {
    return value;
  }
  return cursor.parse(plain_text(cursor.format(value - lookback)));
}

}  // namespace

Result<ReadSpans> ReadSpans::parse(const Value& state, const StreamCursor& cursor, Instant start,
                                   Micros lookback) {
  ReadSpans result;
  result.start_ = start;
  result.low_water_ = start;
  result.spans_ = TRY(spans_in(state, cursor));
  if (!result.spans_.empty()) {
    result.merge(cursor.options().unit);
    const ReadSpan& first = result.spans_.front();
    result.low_water_ = first.most_recent.value_or(first.end);
    return result;
  }
  const auto until = TRY(value_in(state, cursor.field(), cursor));
  if (until) {
    const Instant from = TRY(moved_back(*until, lookback, cursor));
    result.low_water_ = std::max(start, from);
  }
  // Start and end are the bounds of what earlier runs may have read.
  result.spans_.push_back({start, result.low_water_, result.low_water_});
  if (const Map* members = state.as_map()) {
    result.others_ = *members;
  }
  return result;
}

std::vector<WindowPlan> ReadSpans::unread(const StreamCursor& cursor, Instant end) const {
  std::vector<WindowPlan> plans;
  const Micros granularity = cursor.options().rules.granularity;
  if (start_ < spans_.front().start) {
    plans.push_back({start_, start_, spans_.front().start, false});
  }
  for (std::size_t i = 0; i + 1 < spans_.size(); ++i) {
    plans.push_back({start_, spans_[i].end + granularity, spans_[i + 1].start, false});
  }
  const Instant lower = subtract(spans_.back().end, cursor.options().lookback);
  plans.push_back({start_, lower, end, true});
  return plans;
}

Instant ReadSpans::lowest(const StreamCursor& cursor) const {
  if (cursor.options().lookback == Duration()) {
    return low_water_;
  }
  return std::max(subtract(low_water_, cursor.options().lookback), std::min(low_water_, start_));
}

void ReadSpans::merge(Micros unit) {
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
  return spans_.front().most_recent.value_or(spans_.front().start);
}

Value ReadSpans::state(const StreamCursor& cursor) const {
  Map state = others_;
  state.set(cursor.field(), cursor.format(complete_until()));
  return state;
}

}  // namespace tendril

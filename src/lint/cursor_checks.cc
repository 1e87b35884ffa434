#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "data/instant.h"
#include "lint/checks.h"
#include "lint/component_walk.h"
#include "manifest/stream_cursor.h"

namespace tendril {
namespace {

constexpr std::int64_t kMicrosPerDay = 86'400'000'000;

bool is_template_text(std::string_view text) { return text.find('{') != std::string_view::npos; }

// The text of a field, or of the `datetime` of a MinMaxDatetime that stands there; "" when there is
// none, or nothing but a run can tell.
std::string literal(const Node& component, std::string_view field) {
  const Node* value = component.find(field);
  if (value != nullptr && value->kind == Node::Kind::Mapping) {
    const bool is_bounded =
        value->find("min_datetime") != nullptr || value->find("max_datetime") != nullptr;
    value = is_bounded ? nullptr : value->find("datetime");
  }
  const std::string* text = value == nullptr ? nullptr : value->scalar.as_string();
  return text == nullptr || is_template_text(*text) ? "" : *text;
}

std::optional<Duration> literal_duration(const Node& component, std::string_view field) {
  const std::string text = literal(component, field);
  auto parsed = text.empty() ? Result<Duration>(Duration()) : parse_duration(text);
  return text.empty() || !parsed.ok() ? std::nullopt : std::optional(*parsed);
}

std::optional<Instant> literal_instant(const Node& cursor, std::string_view field) {
  const std::string text = literal(cursor, field);
  if (text.empty()) {
    return std::nullopt;
  }
  const Node* place = cursor.find(field);
  std::string format = place->kind == Node::Kind::Mapping ? literal(*place, "datetime_format") : "";
  format = format.empty() ? literal(cursor, "datetime_format") : format;
  if (const auto parsed = parse_datetime(text, format); parsed.ok()) {
    return parsed->instant;
  }
  const auto parsed = parse_datetime(text);
  return parsed.ok() ? std::optional(parsed->instant) : std::nullopt;
}

// Whether the field asks for something at all.
bool is_given(const Node& cursor, std::string_view field) {
  const Node* value = cursor.find(field);
  return value != nullptr && value->scalar != Value("");
}

// The shortest time that differs in the text of a format; nullopt when that can not be told.
std::optional<Micros> unit_of(std::string_view format) {
  const auto has = [&](std::string_view directive) {
    return format.find(directive) != std::string_view::npos;
  };
  if (has("%f") || has("%epoch_microseconds") || has("%s_as_float")) {
    return Micros(1);
  }
  if (has("%ms") || has("%_ms")) {
    return Micros(1'000);
  }
  if (has("%s") || has("%S") || has("%T") || has("%X") || has("%c")) {
    return Micros(1'000'000);
  }
  if (has("%M") || has("%R")) {
    return Micros(60'000'000);
  }
  if (has("%H") || has("%I")) {
    return Micros(3'600'000'000);
  }
  return has("%d") || has("%j") ? std::optional(Micros(kMicrosPerDay)) : std::nullopt;
}

// By how far they lead from one day; months have no length of their own.
bool is_shorter(const Duration& a, const Duration& b) {
  const Instant start = Instant();
  return add(start, a) < add(start, b);
}

void check_pair(const Node& cursor, FindingList& findings) {
  const bool has_step = is_given(cursor, "step");
  if (has_step != is_given(cursor, "cursor_granularity")) {
    const std::string has = has_step ? "step" : "cursor_granularity";
    const std::string lacks = has_step ? "cursor_granularity" : "step";
    findings.add("unpaired-step", *cursor.find(has),
                 "the cursor has a " + has + " without " + lacks);
  }
}

void check_windows(const Node& cursor, FindingList& findings) {
  const auto step = literal_duration(cursor, "step");
  const auto granularity = literal_duration(cursor, "cursor_granularity");
  if (step && granularity && is_shorter(*step, *granularity)) {
    findings.add("granularity-exceeds-step", *cursor.find("cursor_granularity"),
                 "windows of " + literal(cursor, "step") + " would end before they start, with a " +
                     "cursor_granularity of " + literal(cursor, "cursor_granularity"));
  }
  const auto start = literal_instant(cursor, "start_datetime");
  const auto end = literal_instant(cursor, "end_datetime");
  if (step && start && end && *end < add(*start, *step)) {
    findings.add("step-exceeds-range", *cursor.find("step"),
                 "the step is longer than the whole time to read: " + literal(cursor, "step"));
  }
  const auto unit = unit_of(literal(cursor, "datetime_format"));
  const bool sends_end = is_given(cursor, "end_time_option");
  if (step && granularity && unit && sends_end && is_shorter({0, *unit}, *granularity)) {
    findings.add("window-gap", *cursor.find("cursor_granularity"),
                 "windows leave gaps of " + literal(cursor, "cursor_granularity") +
                     " between each other where the API takes their ends exactly");
  }
}

// Figures of a day that are still counted when it is over: what reports and statistics hold.
void check_lookback(const Node& cursor, FindingList& findings) {
  const bool is_by_day = unit_of(literal(cursor, "datetime_format")) == Micros(kMicrosPerDay);
  const bool asks_by_window = is_given(cursor, "start_time_option") || is_given(cursor, "step");
  if (is_by_day && asks_by_window && !is_given(cursor, "lookback_window")) {
    findings.add("missing-lookback", cursor,
                 "the cursor counts in days and has no lookback_window: what an API adds to the "
                 "last days after they were read is missed");
  }
}

// Whether a template's value is another one at another time.
bool moves(const Node* value) {
  const std::string* text = value == nullptr ? nullptr : value->scalar.as_string();
  if (text == nullptr) {
    return false;
  }
  constexpr std::string_view kClocks[] = {"now_utc(", "now_local(", "today_utc(",
                                          "today_with_timezone(", "day_delta("};
  return std::any_of(std::begin(kClocks), std::end(kClocks), [&](std::string_view clock) {
    return text->find(clock) != std::string::npos;
  });
}

// Requirement I15: after a pause that is longer than the start reaches back, the time between the
// state and the start is never read.
void check_start(const Node& cursor, FindingList& findings) {
  const Node* start = cursor.find("start_datetime");
  if (start == nullptr) {
    return;
  }
  const bool is_component = start->kind == Node::Kind::Mapping;
  if (is_component ? moves(start->find("datetime")) || moves(start->find("min_datetime"))
                   : moves(start)) {
    findings.add("moving-start", *start,
                 "the start moves with the clock, and no run reads before it: what changed in a "
                 "pause that is longer than it reaches back is lost");
  }
}

// Cursors whose start is for their first run only.
std::set<const Node*> cursors_in_overlaps(const Node& manifest) {
  std::set<const Node*> cursors;
  for_each_component(manifest, [&](const VisitedComponent& component) {
    if (component.rule.name == "Overlap") {
      cursors.insert(&innermost_cursor(component.node));
    }
  });
  return cursors;
}

}  // namespace

void check_cursors(const Node& manifest, FindingList& findings) {
  const std::set<const Node*> in_overlaps = cursors_in_overlaps(manifest);
  for_each_component(manifest, [&](const VisitedComponent& component) {
    if (component.rule.name == "DatetimeBasedCursor") {
      check_pair(component.node, findings);
      check_windows(component.node, findings);
      if (!in_overlaps.contains(&component.node)) {
        check_lookback(component.node, findings);
        check_start(component.node, findings);
      }
    }
  });
}

}  // namespace tendril

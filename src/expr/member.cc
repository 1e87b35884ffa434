#include "expr/member.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "core/utf8.h"
#include "data/civil.h"
#include "expr/compare.h"
#include "expr/loop_state.h"
#include "expr/number.h"

namespace tendril {
namespace {

using Kind = Term::Kind;

// Returns the index that `index` means in a sequence of `size`; nullopt when it is outside.
std::optional<std::size_t> index_in(std::int64_t index, std::size_t size) {
  const auto signed_size = static_cast<std::int64_t>(size);
  const std::int64_t from_start = index < 0 ? index + signed_size : index;
  if (from_start < 0 || from_start >= signed_size) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(from_start);
}

Term find_key(Evaluation& evaluation, const Term& map, const Term& key) {
  if (key.is(Kind::Text)) {
    return evaluation.spend(map.size() / 8) ? map.find(key.text()) : Term();
  }
  for (std::size_t i = 0; i < map.size() && evaluation.ok(); ++i) {
    if (are_equal(evaluation, map.key(i), key)) {
      return map.member(i);
    }
  }
  return {};
}

Term character_at(std::string_view text, std::int64_t index) {
  const auto at = index_in(index, count_characters(text));
  if (!at) {
    return {};
  }
  text.remove_prefix(byte_of_character(text, *at));
  return Term::text(take_character(text));
}

Term datetime_attribute(Evaluation& evaluation, const Datetime& datetime, std::string_view name) {
  const Civil civil = civil_of(datetime);
  if (name == "year") {
    return Term::integer(civil.year);
  }
  if (name == "month") {
    return Term::integer(civil.month);
  }
  if (name == "day") {
    return Term::integer(civil.day);
  }
  if (name == "hour") {
    return Term::integer(civil.hour);
  }
  if (name == "minute") {
    return Term::integer(civil.minute);
  }
  if (name == "second") {
    return Term::integer(civil.second);
  }
  if (name == "microsecond") {
    return Term::integer(civil.micros);
  }
  if (name == "tzinfo") {
    return datetime.has_zone ? evaluation.heap().text(format_datetime(datetime, "%Z"))
                             : Term::none();
  }
  return {};
}

// Days, seconds and microseconds, the way Python keeps a duration: only the days are negative.
Term duration_attribute(const Duration& duration, std::string_view name) {
  const std::int64_t micros = duration.exact.count();
  const std::int64_t days = floor_divide(micros, kMicrosPerDay);
  const std::int64_t rest = micros - days * kMicrosPerDay;
  if (name == "days") {
    return Term::integer(days);
  }
  if (name == "seconds") {
    return Term::integer(rest / kMicrosPerSecond);
  }
  if (name == "microseconds") {
    return Term::integer(rest % kMicrosPerSecond);
  }
  if (name == "months") {
    return Term::integer(duration.months % 12);
  }
  return name == "years" ? Term::integer(duration.months / 12) : Term();
}

struct SliceRange {
  std::int64_t start = 0;
  std::int64_t step = 1;
  std::size_t count = 0;
};

// Source: Python's language reference, "Slicings", and slice.indices().
std::optional<SliceRange> slice_range(Evaluation& evaluation, const Term parts[3],
                                      std::size_t size) {
  std::optional<std::int64_t> numbers[3];
  for (int i = 0; i < 3; ++i) {
    if (parts[i].is_integral()) {
      numbers[i] = parts[i].as_int();
    } else if (!parts[i].is(Kind::None) && !parts[i].is(Kind::Absent)) {
      parts[i].is(Kind::Undefined) ? evaluation.fail_undefined()
                                   : evaluation.fail_type(fmt::format(
                                         "slice wants integers, not {}", name_of(parts[i].kind())));
      return std::nullopt;
    }
  }
  SliceRange range;
  range.step = std::clamp<std::int64_t>(numbers[2].value_or(1), INT32_MIN, INT32_MAX);
  if (range.step == 0) {
    evaluation.fail("slice step is zero");
    return std::nullopt;
  }
  const auto length = static_cast<std::int64_t>(size);
  const std::int64_t lowest = range.step > 0 ? 0 : -1;
  const std::int64_t highest = range.step > 0 ? length : length - 1;
  const auto place = [&](std::int64_t number) {
    const std::int64_t from_start = number < 0 ? number + length : number;
    return std::clamp(from_start, lowest, highest);
  };
  range.start = numbers[0] ? place(*numbers[0]) : range.step > 0 ? lowest : highest;
  const std::int64_t stop = numbers[1] ? place(*numbers[1]) : range.step > 0 ? highest : lowest;
  const std::int64_t distance = range.step > 0 ? stop - range.start : range.start - stop;
  const std::int64_t stride = range.step > 0 ? range.step : -range.step;
  range.count = distance > 0 ? static_cast<std::size_t>((distance + stride - 1) / stride) : 0;
  return range;
}

Term slice_text(Evaluation& evaluation, std::string_view text, const SliceRange& range) {
  if (range.step == 1) {
    const std::size_t first = byte_of_character(text, static_cast<std::size_t>(range.start));
    const std::string_view rest = text.substr(first);
    return Term::text(rest.substr(0, byte_of_character(rest, range.count)));
  }
  std::vector<std::string_view> characters;
  while (!text.empty()) {
    characters.push_back(take_character(text));
  }
  std::string& out = evaluation.scratch();
  std::int64_t at = range.start;
  for (std::size_t i = 0; i < range.count; ++i, at += range.step) {
    out.append(characters[static_cast<std::size_t>(at)]);
  }
  return evaluation.heap().text(out);
}

}  // namespace

Term subscript(Evaluation& evaluation, const Term& object, const Term& key) {
  switch (object.kind()) {
    case Kind::Absent:
    case Kind::Undefined: return evaluation.fail_undefined();
    case Kind::Map:
    case Kind::Namespace: return find_key(evaluation, object, key);
    case Kind::List:
    case Kind::Tuple: {
      const auto at = key.is_integral() ? index_in(key.as_int(), object.size()) : std::nullopt;
      return at ? object.item(*at) : Term();
    }
    case Kind::Text:
      return key.is_integral() && evaluation.spend(object.text().size() / 64)
                 ? character_at(object.text(), key.as_int())
                 : Term();
    default: return key.is(Kind::Text) ? attribute(evaluation, object, key.text()) : Term();
  }
}

Term attribute(Evaluation& evaluation, const Term& object, std::string_view name) {
  switch (object.kind()) {
    case Kind::Absent:
    case Kind::Undefined: return evaluation.fail_undefined();
    case Kind::Map:
    case Kind::Namespace: return evaluation.spend(object.size() / 8) ? object.find(name) : Term();
    case Kind::Datetime: return datetime_attribute(evaluation, object.as_datetime(), name);
    case Kind::Date: {
      const bool of_date = name == "year" || name == "month" || name == "day";
      const Instant start = instant_from_micros(object.as_int() * kMicrosPerDay);
      return of_date ? datetime_attribute(evaluation, {start}, name) : Term();
    }
    case Kind::Duration: return duration_attribute(object.as_duration(), name);
    case Kind::Loop: return loop_attribute(*object.as_loop(), name);
    default: return {};
  }
}

Term loop_attribute(const LoopState& loop, std::string_view name) {
  const std::size_t index = loop.next - 1;
  const std::size_t length = loop.items.size();
  const auto number = [](std::size_t value) {
    return Term::integer(static_cast<std::int64_t>(value));
  };
  if (name == "index") {
    return number(index + 1);
  }
  if (name == "index0") {
    return number(index);
  }
  if (name == "revindex") {
    return number(length - index);
  }
  if (name == "revindex0") {
    return number(length - index - 1);
  }
  if (name == "first") {
    return Term::boolean(index == 0);
  }
  if (name == "last") {
    return Term::boolean(index + 1 == length);
  }
  if (name == "length") {
    return number(length);
  }
  if (name == "previtem") {
    return index > 0 ? loop.items.item(index - 1) : Term();
  }
  return name == "nextitem" && index + 1 < length ? loop.items.item(index + 1) : Term();
}

Term slice(Evaluation& evaluation, const Term& object, const Term& start, const Term& stop,
           const Term& step) {
  const Term parts[3] = {start, stop, step};
  if (object.is(Kind::Undefined)) {
    return evaluation.fail_undefined();
  }
  if (!object.is(Kind::Text) && !object.is_sequence()) {
    return {};
  }
  const bool text = object.is(Kind::Text);
  const std::size_t size = text ? count_characters(object.text()) : object.size();
  const auto range = slice_range(evaluation, parts, size);
  if (!range || !evaluation.spend(size / 16)) {
    return {};
  }
  if (text) {
    return slice_text(evaluation, object.text(), *range);
  }
  TermList* const items = evaluation.heap().make_list();
  items->reserve(range->count);
  std::int64_t at = range->start;
  for (std::size_t i = 0; i < range->count; ++i, at += range->step) {
    items->push_back(object.item(static_cast<std::size_t>(at)));
  }
  return object.is(Kind::Tuple) ? Term::tuple(items) : Term::list(items);
}

Term items_of(Evaluation& evaluation, const Term& term) {
  if (term.is_sequence()) {
    return term;
  }
  TermList* const items = evaluation.heap().make_list();
  if (term.is(Kind::Map)) {
    evaluation.spend(term.size());
    for (std::size_t i = 0; i < term.size(); ++i) {
      items->push_back(term.key(i));
    }
  } else if (term.is(Kind::Text)) {
    evaluation.spend(term.text().size());
    for (std::string_view rest = term.text(); !rest.empty();) {
      items->push_back(Term::text(take_character(rest)));
    }
  } else if (!term.is(Kind::Undefined)) {
    return evaluation.fail_type(fmt::format("{} has no items to go through", name_of(term.kind())));
  }
  return Term::list(items);
}

Term attribute_path(Evaluation& evaluation, const Term& object, std::string_view path) {
  Term found = object;
  while (true) {
    const std::size_t dot = path.find('.');
    const std::string_view name = path.substr(0, dot);
    std::int64_t index = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
    const bool number = error == std::errc() && end == name.data() + name.size();
    found = number ? subscript(evaluation, found, Term::integer(index))
                   : subscript(evaluation, found, Term::text(name));
    if (dot == path.npos || !evaluation.ok()) {
      return found;
    }
    path.remove_prefix(dot + 1);
  }
}

void set_member(Evaluation& evaluation, TermMap& members, const Term& key, const Term& value) {
  for (auto& [name, member] : members) {
    if (are_equal(evaluation, name, key)) {
      member = value;
      return;
    }
    if (!evaluation.ok()) {
      return;
    }
  }
  if (key.is_sequence() || key.is(Kind::Map) || key.is(Kind::Undefined)) {
    evaluation.fail_type(fmt::format("{} cannot be a key", name_of(key.kind())));
  } else if (members.size() >= kItemsMax) {
    evaluation.fail("map is too large");
  } else {
    members.emplace_back(key, value);
  }
}

}  // namespace tendril

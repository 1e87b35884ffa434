#include "sandbox/parameters.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "data/instant.h"
#include "data/json.h"
#include "sandbox/section.h"

namespace tendril {
namespace {

bool is_valid(const Parameter& parameter, const std::string& value) {
  if (!parameter.values.empty()) {
    return std::find(parameter.values.begin(), parameter.values.end(), value) !=
           parameter.values.end();
  }
  switch (parameter.kind) {
    case Parameter::Kind::Text: return true;
    case Parameter::Kind::Flag:
      return value == "true" || value == "false" || value == "1" || value == "0";
    case Parameter::Kind::Time: return parse_datetime(value).ok();
    case Parameter::Kind::Integer: {
      std::int64_t number = 0;
      const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), number);
      return fault == std::errc() && end == value.data() + value.size();
    }
  }
  return false;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  while (separator != '\0' && start <= text.size()) {
    const std::size_t end = std::min(text.find(separator, start), text.size());
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return separator == '\0' ? std::vector<std::string>{text} : parts;
}

}  // namespace

const std::string* find_header(const Pairs& headers, std::string_view name) {
  for (const auto& [known, value] : headers) {
    if (equal_ignoring_case(known, name)) {
      return &value;
    }
  }
  return nullptr;
}

const Value& RequestParameters::body() {
  if (!body_) {
    Result<Value> parsed =
        request_.body.empty() ? Result<Value>(Value(Map{})) : parse_json(request_.body);
    body_ = parsed.ok() ? std::move(parsed).value() : Value();
  }
  return *body_;
}

std::optional<std::string> RequestParameters::raw(const Parameter& parameter) {
  const std::string* found = nullptr;
  switch (parameter.in) {
    case ParameterPlace::Query: found = find_pair(request_.query, parameter.name); break;
    case ParameterPlace::Header: found = find_header(request_.headers, parameter.name); break;
    case ParameterPlace::Path: found = find_pair(path_values_, parameter.name); break;
    case ParameterPlace::Form:
      if (!form_) {
        form_ = parse_query(request_.body);
      }
      found = find_pair(*form_, parameter.name);
      break;
    case ParameterPlace::Body: {
      const Value* value = &body();
      for (const std::string& step : split(parameter.name, '.')) {
        value = value == nullptr ? nullptr : value->find(step);
      }
      if (value == nullptr || value->is_null()) {
        return std::nullopt;
      }
      return scalar_text(*value).value_or(to_json(*value));
    }
  }
  return found == nullptr ? std::nullopt : std::optional(*found);
}

std::optional<std::string> RequestParameters::read(const Parameter& parameter) {
  std::optional<std::string> value = raw(parameter);
  if (!value) {
    if (parameter.required) {
      refuse(parameter, parameter.invalid, "missing_field", "");
    }
    return parameter.fallback;
  }
  if (is_valid(parameter, *value)) {
    return value;
  }
  if (parameter.invalid != nullptr) {
    refuse(parameter, parameter.invalid, "invalid", *value);
  }
  return parameter.fallback;
}

void RequestParameters::refuse(const Parameter& parameter, const ErrorAnswer* error,
                               std::string code, std::string value) {
  if (!refusal_) {
    refusal_ = Refusal{error, parameter.name, std::move(code), std::move(value)};
  }
}

std::vector<Condition> read_conditions(const Route& route, RequestParameters& parameters) {
  std::vector<Condition> conditions = route.where;
  for (const Filter& filter : route.filters) {
    const std::optional<std::string> value = parameters.read(filter.parameter);
    if (!value || filter.field == nullptr || (!filter.any.empty() && *value == filter.any)) {
      continue;
    }
    Condition condition{.value = filter.field, .test = filter.test};
    condition.ignore_case = filter.ignore_case;
    if (!filter.absent.empty() && *value == filter.absent) {
      condition.test = Condition::Test::Absent;
    } else if (!filter.present.empty() && *value == filter.present) {
      condition.test = Condition::Test::Present;
    } else if (filter.parameter.kind == Parameter::Kind::Time) {
      const auto moment = parse_datetime(*value);
      if (!moment.ok()) {
        continue;  // A wrong fallback of the definition; read() refused everything else.
      }
      condition.moment_us = micros_of(moment->instant);
    } else {
      condition.operands = split(*value, filter.separator);
    }
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

SortOrder read_sorting(const Sorting& sorting, RequestParameters& parameters) {
  SortOrder order;
  if (!sorting.by && !sorting.choices.empty()) {
    order = SortOrder{sorting.choices.front().field, sorting.choices.front().descending};
  }
  if (!sorting.by) {
    return order;
  }
  Parameter asked = *sorting.by;
  asked.fallback.reset();
  const std::optional<std::string> explicit_sort = parameters.read(asked);
  const std::optional<std::string> by = explicit_sort ? explicit_sort : sorting.by->fallback;
  const auto found = std::find_if(sorting.choices.begin(), sorting.choices.end(),
                                  [&](const auto& choice) { return by && choice.name == *by; });
  const Sorting::Choice& choice = found == sorting.choices.end() ? sorting.choices.front() : *found;
  order = SortOrder{choice.field, choice.descending};
  if (sorting.direction && (explicit_sort || !sorting.direction_needs_sort)) {
    const std::optional<std::string> direction = parameters.read(*sorting.direction);
    if (direction) {
      order.descending = equal_ignoring_case(*direction, sorting.direction->values.back());
    }
  }
  return order;
}

}  // namespace tendril

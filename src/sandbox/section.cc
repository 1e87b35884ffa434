#include "sandbox/section.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "data/json.h"

namespace tendril {

Error definition_error(std::string_view place, std::string_view what) {
  return Error{ErrorCode::InvalidConfig, fmt::format("{}: {}", place, what)};
}

std::optional<std::string> scalar_text(const Value& value) {
  if (value.is_list() || value.is_map()) {
    return std::nullopt;
  }
  if (const std::string* text = value.as_string()) {
    return *text;
  }
  return value.is_null() ? std::string() : to_json(value);
}

Result<Section> Section::open(const Value& value, std::string place) {
  const Map* map = value.as_map();
  if (map == nullptr) {
    return definition_error(place, fmt::format("must be a map, not {}", to_string(value.kind())));
  }
  return Section(*map, std::move(place));
}

std::string Section::place_of(std::string_view name) const {
  return place_.empty() ? std::string(name) : fmt::format("{}.{}", place_, name);
}

Error Section::error(std::string_view what) const { return definition_error(place_, what); }

Error Section::error_at(std::string_view name, std::string_view what) const {
  return definition_error(place_of(name), what);
}

const Value* Section::find(std::string_view name) {
  known_.emplace_back(name);
  return map_->find(name);
}

Result<const Value*> Section::require(std::string_view name) {
  const Value* value = find(name);
  if (value == nullptr) {
    return error_at(name, "is missing");
  }
  return value;
}

Result<std::string> Section::text(std::string_view name) {
  const Value* value = TRY(require(name));
  const auto text = scalar_text(*value);
  if (!text || text->empty()) {
    return error_at(name, "must be text");
  }
  return *text;
}

Result<std::string> Section::text_or(std::string_view name, std::string fallback) {
  if (find(name) == nullptr) {
    return fallback;
  }
  return text(name);
}

Result<std::int64_t> Section::integer_or(std::string_view name, std::int64_t fallback) {
  const Value* value = find(name);
  if (value == nullptr) {
    return fallback;
  }
  if (value->as_int() == nullptr) {
    return error_at(name, "must be an integer");
  }
  return *value->as_int();
}

Result<double> Section::number_or(std::string_view name, double fallback) {
  const Value* value = find(name);
  if (value == nullptr) {
    return fallback;
  }
  if (value->as_int() != nullptr) {
    return static_cast<double>(*value->as_int());
  }
  if (value->as_float() == nullptr) {
    return error_at(name, "must be a number");
  }
  return *value->as_float();
}

Result<bool> Section::flag_or(std::string_view name, bool fallback) {
  const Value* value = find(name);
  if (value == nullptr) {
    return fallback;
  }
  if (value->as_bool() == nullptr) {
    return error_at(name, "must be true or false");
  }
  return *value->as_bool();
}

Result<std::vector<std::string>> Section::texts(std::string_view name) {
  std::vector<std::string> texts;
  const Value* value = find(name);
  if (value == nullptr) {
    return texts;
  }
  const List single{value->is_list() ? Value() : *value};
  for (const Value& item : value->is_list() ? *value->as_list() : single) {
    auto text = scalar_text(item);
    if (!text) {
      return error_at(name, "must be a list of texts");
    }
    texts.push_back(std::move(*text));
  }
  return texts;
}

Status Section::finish() const {
  for (const auto& [name, value] : map_->members()) {
    if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
      return error_at(name, "is not known here");
    }
  }
  return {};
}

}  // namespace tendril

#include "manifest/value_path.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <utility>

namespace tendril {
namespace {

using Steps = std::span<const std::string>;

constexpr std::string_view kEvery = "*";

std::optional<std::size_t> index_in(const List& list, std::string_view step) {
  std::size_t index = 0;
  const auto end = std::from_chars(step.data(), step.data() + step.size(), index);
  const bool is_index = end.ec == std::errc() && end.ptr == step.data() + step.size();
  return is_index && index < list.size() ? std::optional(index) : std::nullopt;
}

void collect(const Value& value, Steps steps, std::vector<const Value*>& found) {
  if (steps.empty()) {
    found.push_back(&value);
    return;
  }
  const std::string& step = steps.front();
  if (const List* list = value.as_list()) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (step == kEvery || index_in(*list, step) == i) {
        collect((*list)[i], steps.subspan(1), found);
      }
    }
  } else if (const Map* map = value.as_map()) {
    for (const auto& [name, member] : map->members()) {
      if (step == kEvery || step == name) {
        collect(member, steps.subspan(1), found);
      }
    }
  }
}

void remove(Value& value, Steps steps) {
  const std::string& step = steps.front();
  const bool is_last = steps.size() == 1;
  if (List* list = value.as_list()) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (step == kEvery || index_in(*list, step) == i) {
        is_last ? void((*list)[i] = Value()) : remove((*list)[i], steps.subspan(1));
      }
    }
    return;
  }
  Map* map = value.as_map();
  if (map == nullptr) {
    return;
  }
  const auto fits = [&](const Map::Member& member) {
    return step == kEvery || step == member.first;
  };
  if (is_last) {
    std::erase_if(map->members(), fits);
    return;
  }
  for (auto& member : map->members()) {
    if (fits(member)) {
      remove(member.second, steps.subspan(1));
    }
  }
}

}  // namespace

const Value* value_at(const Value& root, const ValuePath& path) {
  const Value* value = &root;
  for (const std::string& step : path) {
    if (const List* list = value->as_list()) {
      const auto index = index_in(*list, step);
      value = index ? &(*list)[*index] : nullptr;
    } else {
      value = value->find(step);
    }
    if (value == nullptr) {
      return nullptr;
    }
  }
  return value;
}

std::vector<const Value*> values_at(const Value& root, const ValuePath& path) {
  std::vector<const Value*> found;
  collect(root, path, found);
  return found;
}

bool set_at(Value& root, const ValuePath& path, Value value) {
  Value* place = &root;
  for (const std::string& step : path) {
    if (List* list = place->as_list()) {
      const auto index = index_in(*list, step);
      if (!index) {
        return false;
      }
      place = &(*list)[*index];
      continue;
    }
    if (place->is_null()) {
      *place = Map();
    }
    Map* map = place->as_map();
    if (map == nullptr) {
      return false;
    }
    place = &(*map)[step];
  }
  *place = std::move(value);
  return true;
}

void remove_at(Value& root, const ValuePath& path) {
  if (!path.empty()) {
    remove(root, path);
  }
}

ValuePath split_path(std::string_view text) {
  ValuePath path;
  while (!text.empty()) {
    const std::string_view step = text.substr(0, text.find('/'));
    text.remove_prefix(std::min(text.size(), step.size() + 1));
    if (!step.empty()) {
      path.emplace_back(step);
    }
  }
  return path;
}

Result<ValuePath> evaluate_path(const Node& owner, const Node& list, Context& context) {
  ValuePath path;
  for (const Node& step : list.items) {
    const TemplateField expression = TRY(TemplateField::compile(owner, step));
    std::string name = TRY(expression.text(context));
    path.push_back(std::move(name));
  }
  return path;
}

}  // namespace tendril

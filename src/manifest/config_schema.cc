#include "manifest/config_schema.h"

#include <algorithm>

#include "data/json.h"

namespace tendril {
namespace {

constexpr std::string_view kAlternatives[] = {"oneOf", "anyOf"};

std::string_view text_at(const Value& value, std::string_view key) {
  const Value* member = value.find(key);
  const std::string* text = member == nullptr ? nullptr : member->as_string();
  return text == nullptr ? std::string_view() : *text;
}

const Map* map_at(const Value& value, std::string_view key) {
  const Value* member = value.find(key);
  return member == nullptr ? nullptr : member->as_map();
}

const List* list_at(const Value& value, std::string_view key) {
  const Value* member = value.find(key);
  return member == nullptr ? nullptr : member->as_list();
}

// The one value that a property's schema allows, or nullptr.
const Value* only_value(const Value& schema) {
  if (const Value* constant = schema.find("const")) {
    return constant;
  }
  const List* allowed = list_at(schema, "enum");
  return allowed != nullptr && allowed->size() == 1 ? &allowed->front() : nullptr;
}

// True when `value` has the constants of `alternative`, and at least one.
bool is_named(const Value& alternative, const Value& value) {
  const Map* properties = map_at(alternative, "properties");
  if (properties == nullptr) {
    return false;
  }
  bool any = false;
  for (const auto& [key, property] : properties->members()) {
    const Value* wanted = only_value(property);
    const Value* found = value.find(key);
    if (wanted == nullptr || found == nullptr) {
      continue;
    }
    if (!(*found == *wanted)) {
      return false;
    }
    any = true;
  }
  return any;
}

const Value* chosen_alternative(const List& alternatives, const Value& value,
                                const SchemaTest& fits) {
  for (const Value& alternative : alternatives) {
    if (fits(alternative, value)) {
      return &alternative;
    }
  }
  for (const Value& alternative : alternatives) {
    if (is_named(alternative, value)) {
      return &alternative;
    }
  }
  return nullptr;
}

// What an alternative is told apart by: "auth_type: oauth", else the keys it asks for, else its
// title or type.
std::string alternative_name(const Value& alternative) {
  if (const Map* properties = map_at(alternative, "properties")) {
    for (const auto& [key, property] : properties->members()) {
      if (const Value* constant = only_value(property)) {
        return key + ": " + (constant->is_string() ? *constant->as_string() : to_json(*constant));
      }
    }
  }
  std::string keys;
  if (const List* required = list_at(alternative, "required")) {
    for (const Value& key : *required) {
      keys += (keys.empty() ? "" : " and ") + (key.is_string() ? *key.as_string() : "");
    }
  }
  const std::string_view title = text_at(alternative, "title");
  return !keys.empty() ? keys : std::string(title.empty() ? text_at(alternative, "type") : title);
}

std::string alternatives_text(const List& alternatives) {
  std::string text;
  for (const Value& alternative : alternatives) {
    const std::string name = alternative_name(alternative);
    if (!name.empty()) {
      text += (text.empty() ? ": " : " | ") + name;
    }
  }
  return "fits none of the alternatives" + text;
}

// Adds what `alternative` asks for to `schema`.
void merge(Map& schema, const Value& alternative) {
  if (alternative.as_map() == nullptr) {
    return;
  }
  for (const auto& [key, member] : alternative.as_map()->members()) {
    Value& present = schema[key];
    if (key == "properties" && present.is_map() && member.is_map()) {
      for (const auto& [name, property] : member.as_map()->members()) {
        present.as_map()->set(name, property);
      }
    } else if (key == "required" && present.is_list() && member.is_list()) {
      present.as_list()->insert(present.as_list()->end(), member.as_list()->begin(),
                                member.as_list()->end());
    } else {
      present = member;
    }
  }
}

class Chooser {
 public:
  Chooser(const SchemaTest& fits, std::vector<SchemaFault>& faults)
      : fits_(fits), faults_(faults) {}

  Value choose(const Value& schema, const Value& value) {
    const Map* map = schema.as_map();
    if (map == nullptr) {
      return schema;
    }
    Map chosen = *map;
    for (const std::string_view keyword : kAlternatives) {
      const List* alternatives = list_at(schema, keyword);
      if (alternatives == nullptr) {
        continue;
      }
      chosen.erase(keyword);
      if (const Value* alternative = chosen_alternative(*alternatives, value, fits_)) {
        merge(chosen, choose(*alternative, value));
      } else {
        faults_.push_back({path_, FaultKind::Other, alternatives_text(*alternatives)});
      }
    }
    choose_inside(chosen, value);
    return chosen;
  }

 private:
  void choose_inside(Map& schema, const Value& value) {
    Value* properties = schema.find("properties");
    if (properties != nullptr && properties->is_map() && value.is_map()) {
      for (auto& [key, property] : properties->as_map()->members()) {
        if (const Value* member = value.find(key)) {
          path_.push_back(key);
          property = choose(property, *member);
          path_.pop_back();
        }
      }
    }
    // Of a list, elements may choose differently: only what all share can be said.
    const List* list = value.as_list();
    Value* items = schema.find("items");
    if (items != nullptr && list != nullptr && list->size() == 1) {
      path_.push_back("0");
      *items = choose(*items, list->front());
      path_.pop_back();
    }
  }

  const SchemaTest& fits_;
  std::vector<SchemaFault>& faults_;
  std::vector<std::string> path_;
};

void collect_secrets(const Value& schema, std::vector<std::string>& path,
                     std::vector<std::string>& found) {
  const Value* mark = schema.find("airbyte_secret");
  if (mark != nullptr && *mark == Value(true)) {
    const std::string pointer = to_pointer(path);
    if (std::find(found.begin(), found.end(), pointer) == found.end()) {
      found.push_back(pointer);
    }
  }
  if (const Map* properties = map_at(schema, "properties")) {
    for (const auto& [key, property] : properties->members()) {
      path.push_back(key);
      collect_secrets(property, path, found);
      path.pop_back();
    }
  }
  if (const Value* items = schema.find("items")) {
    path.emplace_back("*");
    collect_secrets(*items, path, found);
    path.pop_back();
  }
  for (const std::string_view keyword : {"oneOf", "anyOf", "allOf"}) {
    if (const List* alternatives = list_at(schema, keyword)) {
      for (const Value& alternative : *alternatives) {
        collect_secrets(alternative, path, found);
      }
    }
  }
}

}  // namespace

Value choose_alternatives(const Value& schema, const Value& value, const SchemaTest& fits,
                          std::vector<SchemaFault>& faults) {
  return Chooser(fits, faults).choose(schema, value);
}

Value with_defaults(const Value& schema, Value config, const SchemaTest& fits) {
  const Map* properties = map_at(schema, "properties");
  if (properties == nullptr || !config.is_map()) {
    return config;
  }
  for (const auto& [key, property] : properties->members()) {
    if (Value* present = config.as_map()->find(key)) {
      *present = with_defaults(property, std::move(*present), fits);
      continue;
    }
    const Value* preset = property.find("default");
    if (preset != nullptr && !preset->is_null() && fits(property, *preset)) {
      config.as_map()->append(key, *preset);
    }
  }
  return config;
}

const Value* schema_at(const Value& schema, std::span<const std::string> path) {
  const Value* found = &schema;
  for (const std::string& step : path) {
    const Value* items = found->find("items");
    const Map* properties = map_at(*found, "properties");
    found = properties != nullptr ? properties->find(step) : items;
    if (found == nullptr) {
      return nullptr;
    }
  }
  return found;
}

std::vector<std::string> find_secret_paths(const Value& schema) {
  std::vector<std::string> path;
  std::vector<std::string> found;
  collect_secrets(schema, path, found);
  return found;
}

std::string to_pointer(std::span<const std::string> path) {
  std::string pointer;
  for (const std::string& step : path) {
    pointer += '/';
    for (const char c : step) {
      pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
  }
  return pointer;
}

}  // namespace tendril

#include "cli/sandbox_config.h"

#include <set>
#include <string_view>

namespace tendril {
namespace {

void add_required(const Value& schema, std::set<std::string, std::less<>>& names) {
  const Value* required = schema.find("required");
  const List* list = required == nullptr ? nullptr : required->as_list();
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    if (const std::string* name = (*list)[i].as_string()) {
      names.insert(*name);
    }
  }
}

// The settings that have to be there; of alternatives the first.
std::set<std::string, std::less<>> required_names(const Value& schema) {
  std::set<std::string, std::less<>> names;
  add_required(schema, names);
  for (const std::string_view choice : {"anyOf", "oneOf"}) {
    const Value* options = schema.find(choice);
    const List* list = options == nullptr ? nullptr : options->as_list();
    if (list != nullptr && !list->empty()) {
      add_required(list->front(), names);
    }
  }
  return names;
}

bool is_secret(const Value& property) {
  const Value* mark = property.find("airbyte_secret");
  return mark != nullptr && *mark == Value(true);
}

bool is_address(std::string_view name) { return name == "url" || name.ends_with("_url"); }

// Null when the schema has no value to offer.
Value offered_value(const Value& property) {
  if (const Value* fallback = property.find("default")) {
    return *fallback;
  }
  for (const std::string_view key : {"examples", "enum"}) {
    const Value* values = property.find(key);
    const List* list = values == nullptr ? nullptr : values->as_list();
    if (list != nullptr && !list->empty()) {
      return list->front();
    }
  }
  const Value* only = property.find("const");
  return only == nullptr ? Value() : *only;
}

}  // namespace

Value sandbox_config(const Value& schema, const std::string& token, const std::string& base_url) {
  Map config;
  const std::set<std::string, std::less<>> required = required_names(schema);
  const Value* properties = schema.find("properties");
  if (properties == nullptr || !properties->is_map()) {
    return config;
  }
  for (const auto& [name, property] : properties->as_map()->members()) {
    if (is_secret(property)) {
      config.append(name, Value(token));
    } else if (is_address(name)) {
      config.append(name, Value(base_url));
    } else if (required.contains(name)) {
      config.append(name, offered_value(property));
    }
  }
  return config;
}

}  // namespace tendril

#include "bridges/partner/setting_schema.h"

#include <algorithm>
#include <array>

#include "data/json.h"

namespace tendril {
namespace {

constexpr std::array<std::string_view, 3> kAlternatives{"oneOf", "anyOf", "allOf"};

void collect(const Value& schema, SchemaAlternatives& found) {
  found.push_back(&schema);
  for (const std::string_view keyword : kAlternatives) {
    const Value* const alternatives = schema.find(keyword);
    if (alternatives != nullptr && alternatives->is_list()) {
      for (const Value& each : *alternatives->as_list()) {
        collect(each, found);
      }
    }
  }
}

std::string type_of_value(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::Null: return "null";
    case Value::Kind::Bool: return "boolean";
    case Value::Kind::Int: return "integer";
    case Value::Kind::Float:
    case Value::Kind::BigNumber: return "number";
    case Value::Kind::List: return "array";
    case Value::Kind::Map: return "object";
    default: return "string";
  }
}

bool has_properties(const Value& schema) {
  const Value* const properties = schema.find("properties");
  return properties != nullptr && properties->is_map() && !properties->as_map()->empty();
}

}  // namespace

SchemaAlternatives alternatives_of(const Value& schema) {
  SchemaAlternatives found;
  collect(schema, found);
  return found;
}

SchemaAlternatives member_of(const SchemaAlternatives& object, std::string_view name) {
  SchemaAlternatives found;
  for (const Value* each : object) {
    const Value* const properties = each->find("properties");
    const Value* const member = properties == nullptr ? nullptr : properties->find(name);
    if (member != nullptr) {
      collect(*member, found);
    }
  }
  return found;
}

const List* choices_of(const Value& schema) {
  for (const std::string_view keyword : {"oneOf", "anyOf"}) {
    const Value* const choices = schema.find(keyword);
    const List* const list = choices == nullptr ? nullptr : choices->as_list();
    if (list != nullptr && std::any_of(list->begin(), list->end(), has_properties)) {
      return list;
    }
  }
  return nullptr;
}

std::vector<std::string> types_of(const Value& schema) {
  std::vector<std::string> types;
  const auto add = [&](const std::string& type) {
    if (std::find(types.begin(), types.end(), type) == types.end()) {
      types.push_back(type);
    }
  };
  if (const Value* type = schema.find("type")) {
    if (type->is_string()) {
      add(*type->as_string());
    }
    for (const Value& each : type->is_list() ? *type->as_list() : List()) {
      add(each.is_string() ? *each.as_string() : "");
    }
    return types;
  }
  if (const Value* only = schema.find("const")) {
    add(type_of_value(*only));
  }
  if (const Value* allowed = schema.find("enum"); allowed != nullptr && allowed->is_list()) {
    for (const Value& each : *allowed->as_list()) {
      add(type_of_value(each));
    }
  }
  return types;
}

std::string setting_text(const Value& value) {
  return value.is_string() ? *value.as_string() : to_json(value);
}

std::string text_member(const Value& schema, std::string_view name) {
  const Value* const member = schema.find(name);
  return member != nullptr && member->is_string() ? *member->as_string() : "";
}

const Value* only_value(const Value& schema) {
  if (const Value* only = schema.find("const")) {
    return only;
  }
  const Value* const allowed = schema.find("enum");
  const List* const list = allowed == nullptr ? nullptr : allowed->as_list();
  return list != nullptr && list->size() == 1 ? &list->front() : nullptr;
}

}  // namespace tendril

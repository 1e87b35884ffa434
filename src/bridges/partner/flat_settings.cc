#include "bridges/partner/flat_settings.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "bridges/partner/setting_schema.h"
#include "data/json.h"

namespace tendril {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t start = text.find_first_not_of(kBlanks);
  return start == text.npos ? std::string_view()
                            : text.substr(start, text.find_last_not_of(kBlanks) - start + 1);
}

List comma_separated(std::string_view text) {
  List items;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view item = trimmed(text.substr(0, comma));
    if (!item.empty()) {
      items.emplace_back(item);
    }
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return items;
}

bool is_a(const Value& value, std::string_view type) {
  switch (value.kind()) {
    case Value::Kind::Bool: return type == "boolean";
    case Value::Kind::Int: return type == "integer" || type == "number";
    case Value::Kind::Float:
    case Value::Kind::BigNumber: return type == "number";
    case Value::Kind::List: return type == "array";
    case Value::Kind::Map: return type == "object";
    default: return false;
  }
}

// What `text` stands for in a place of which `schemas` say something. What fits none of the types
// stays a text, for the check of the whole configuration to name it.
Value typed(const std::string& text, const SchemaAlternatives& schemas) {
  std::vector<std::string> types;
  for (const Value* each : schemas) {
    const std::vector<std::string> more = types_of(*each);
    types.insert(types.end(), more.begin(), more.end());
  }
  const auto allows = [&](std::string_view type) {
    return std::find(types.begin(), types.end(), type) != types.end();
  };
  if (allows("string")) {
    return text;
  }
  Result<Value> json = parse_json(text);
  if (types.empty()) {
    return json.ok() ? std::move(json).value() : Value(text);
  }
  if (json.ok() && std::any_of(types.begin(), types.end(),
                               [&](const std::string& type) { return is_a(*json, type); })) {
    return std::move(json).value();
  }
  if (allows("boolean") && (text == "True" || text == "False")) {
    return text == "True";
  }
  return allows("array") ? Value(comma_separated(text)) : Value(text);
}

Status set_nested(Value& config, const Value& schema, const std::string& name,
                  const std::string& text) {
  Value* place = &config;
  SchemaAlternatives schemas = alternatives_of(schema);
  std::string_view path = name;
  while (true) {
    Map* const map = place->as_map();
    if (map == nullptr) {
      return Error{ErrorCode::InvalidConfig,
                   "setting leads into a value that is no object: " + name};
    }
    // A name with a dot that the schema knows is no path.
    const bool is_name = !member_of(schemas, path).empty();
    const std::size_t dot = is_name ? std::string_view::npos : path.find('.');
    const std::string_view member = path.substr(0, dot);
    schemas = member_of(schemas, member);
    place = &(*map)[member];
    if (dot == std::string_view::npos) {
      *place = typed(text, schemas);
      return {};
    }
    if (place->is_null()) {
      *place = Map();
    }
    path.remove_prefix(dot + 1);
  }
}

void flatten(const Map& object, const std::string& prefix, FlatSettings& settings) {
  for (const auto& [name, value] : object.members()) {
    if (const Map* members = value.as_map()) {
      flatten(*members, prefix + name + ".", settings);
    } else if (!value.is_null()) {
      settings[prefix + name] = setting_text(value);
    }
  }
}

}  // namespace

Result<Value> nested_configuration(const FlatSettings& settings, const Value& schema,
                                   Value defaults) {
  Value config = std::move(defaults);
  for (const auto& [name, text] : settings) {
    if (!text.empty()) {
      TRY(set_nested(config, schema, name, text));
    }
  }
  return config;
}

FlatSettings flat_configuration(const Value& configuration) {
  FlatSettings settings;
  if (const Map* object = configuration.as_map()) {
    flatten(*object, "", settings);
  }
  return settings;
}

}  // namespace tendril

#include "manifest/stream_schema.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "manifest/stream_choice.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

std::string_view text_of(const Value& value, std::string_view key) {
  const Value* member = value.find(key);
  const std::string* text = member == nullptr ? nullptr : member->as_string();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

TypeKind text_kind(const Value& property) {
  const std::string_view format = text_of(property, "format");
  const std::string_view airbyte = text_of(property, "airbyte_type");
  if (format == "date-time") {
    return airbyte == "timestamp_without_timezone" ? TypeKind::NaiveDatetime
                                                   : TypeKind::UtcDatetime;
  }
  if (format == "date") {
    return TypeKind::NaiveDate;
  }
  return format == "time" ? TypeKind::NaiveTime : TypeKind::String;
}

Type named_type(std::string_view name, const Value& property) {
  if (name == "string") {
    return {text_kind(property)};
  }
  if (name == "integer") {
    return {TypeKind::Long};
  }
  if (name == "number") {
    return {text_of(property, "airbyte_type") == "integer" ? TypeKind::Long : TypeKind::Double};
  }
  if (name == "boolean") {
    return {TypeKind::Boolean};
  }
  if (name == "object" || name == "array") {
    return {TypeKind::Json};
  }
  return {TypeKind::Unknown};  // "null", and names that JSON Schema does not have.
}

// The steps of a path written as a text or a list of texts, evaluated.
Result<std::vector<std::string>> key_path(const Node& owner, const Node& node, Context& context) {
  std::vector<std::string> path;
  if (node.kind == Node::Kind::Sequence) {
    for (const Node& step : node.items) {
      const TemplateField expression = TRY(TemplateField::compile(owner, step));
      std::string name = TRY(expression.text(context));
      path.push_back(std::move(name));
    }
    return path;
  }
  const TemplateField expression = TRY(TemplateField::compile(owner, node));
  std::string name = TRY(expression.text(context));
  if (!name.empty()) {
    path.push_back(std::move(name));
  }
  return path;
}

// "id", ["a", "b"] for a key of two columns, or [["a"], ["b"]].
Result<std::vector<std::string>> primary_key(const ManifestStream& stream, const Value& config,
                                             const Clock& clock) {
  std::vector<std::string> columns;
  const Node& owner = representative(stream.node);
  const Node* node = owner.find("primary_key");
  if (node == nullptr) {
    return columns;
  }
  Context context = context_with(config, clock);
  if (node->kind != Node::Kind::Sequence) {
    return key_path(owner, *node, context);
  }
  for (const Node& item : node->items) {
    std::vector<std::string> path = TRY(key_path(owner, item, context));
    if (path.size() > 1) {
      return item.error("a primary key inside an object is not supported", ErrorCode::Unsupported);
    }
    columns.insert(columns.end(), path.begin(), path.end());
  }
  return columns;
}

}  // namespace

Type column_type(const Value& property) {
  Type type{TypeKind::Unknown};
  for (const char* key : {"anyOf", "oneOf"}) {
    const Value* alternatives = property.find(key);
    const List* list = alternatives == nullptr ? nullptr : alternatives->as_list();
    for (const Value& alternative : list == nullptr ? List() : *list) {
      type = widen(type, column_type(alternative));
    }
  }
  const Value* names = property.find("type");
  if (names == nullptr) {
    return type;
  }
  if (const std::string* name = names->as_string()) {
    return widen(type, named_type(*name, property));
  }
  const List* list = names->as_list();
  for (const Value& name : list == nullptr ? List() : *list) {
    if (const std::string* text = name.as_string()) {
      type = widen(type, named_type(*text, property));
    }
  }
  return type;
}

Result<TableSchema> table_schema(const ManifestStream& stream, const Value& json_schema,
                                 const Value& config, const Clock& clock) {
  TableSchema schema;
  schema.name = stream.name;
  schema.primary_key = TRY(primary_key(stream, config, clock));
  const Value* properties = json_schema.find("properties");
  if (properties == nullptr || !properties->is_map()) {
    return schema;
  }
  for (const auto& [name, property] : properties->as_map()->members()) {
    schema.columns.push_back({name, column_type(property)});
  }
  return schema;
}

}  // namespace tendril

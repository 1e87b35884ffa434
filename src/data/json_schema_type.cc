#include "data/json_schema_type.h"

#include <string>
#include <string_view>

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

}  // namespace tendril

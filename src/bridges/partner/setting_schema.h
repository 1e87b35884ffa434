// What the JSON Schema of a configuration says of single settings, whatever alternatives there are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"

namespace tendril {

// A schema and all its alternatives, of any depth: each says something of the same value.
using SchemaAlternatives = std::vector<const Value*>;

// `schema` must outlive what is returned.
SchemaAlternatives alternatives_of(const Value& schema);

// What all of them say of the member `name`; empty when they know none.
SchemaAlternatives member_of(const SchemaAlternatives& object, std::string_view name);

// The "oneOf" or "anyOf" of a schema, as far as they have properties; null when there is none.
const List* choices_of(const Value& schema);

// The types that the schema names, or that its allowed values have: "string", "integer".
std::vector<std::string> types_of(const Value& schema);

// The texts that stand for a setting's value in a form: a text as it is, all else as JSON.
std::string setting_text(const Value& value);

// A text in the member `name`, or "".
std::string text_member(const Value& schema, std::string_view name);

// The only value that the schema allows; null when there are several.
const Value* only_value(const Value& schema);

}  // namespace tendril

// Converts the values of a record to the types that the stream's schema names, where they can be.
// Source: manifest field "schema_normalization" with the value "Default".
#pragma once

#include <string>

#include "data/value.h"

namespace tendril {

// `schema` is a JSON schema; what it does not name stays as it is, and so does what can not be
// converted. Types are those of members and elements; several types beside null say nothing.
void normalize_by_schema(Value& record, const Value& schema);

// The text that Python makes of a value: "True", "1.5", "{'a': [None]}".
std::string python_text(const Value& value);

}  // namespace tendril

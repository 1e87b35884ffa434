// Validates a value against a JSON Schema. The only part that knows the library which does it.
// Source: JSON Schema draft 7, without `format`: the reference of the manifest language does not
// look at it, and specs are careless with it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "data/value.h"

namespace tendril {

enum class FaultKind {
  Missing,     // `detail` is the key.
  UnknownKey,  // `detail` is the key.
  WrongType,
  NotAllowed,  // By `enum` or `const`.
  Pattern,
  Other,  // `detail` says it all.
};

struct SchemaFault {
  std::vector<std::string> path;  // Keys and indexes from the root to the faulty value.
  FaultKind kind = FaultKind::Other;
  std::string detail = {};
};

// Returns the innermost faults, in the order of the schema; none when `value` fits.
// Errors: InvalidConfig when `schema` is no usable JSON Schema.
Result<std::vector<SchemaFault>> find_schema_faults(const Value& schema, const Value& value);

// Errors: InvalidConfig when `schema` is no usable JSON Schema: a keyword with the wrong kind of
//   value, an unknown type, a pattern that is no regular expression.
Status check_schema(const Value& schema);

// Texts longer than this are not matched against a `pattern` that looks around, but faulty.
inline constexpr std::size_t kPatternTextBytesMax = 8192;

}  // namespace tendril

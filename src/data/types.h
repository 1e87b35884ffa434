// Column types and the widening lattice: what a column's type becomes when a value
// arrives that it cannot hold. Widening never loses a value.
// Source: the type names of the Fivetran Connector SDK (requirement F8).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace tendril {

enum class TypeKind : std::uint8_t {
  Unknown,  // Only nulls were seen so far. Widens to anything; stored as String.
  Boolean,
  Short,          // 16 bits
  Int,            // 32 bits
  Long,           // 64 bits
  Float,          // 32 bits
  Double,         // 64 bits
  Decimal,        // precision 1-38, scale 0-precision
  NaiveDate,      // days
  NaiveTime,      // microseconds of the day
  NaiveDatetime,  // microseconds, without a zone
  UtcDatetime,    // microseconds since 1970-01-01T00:00:00Z
  Binary,
  Xml,
  String,
  Json,  // JSON text
};

struct Type {
  TypeKind kind = TypeKind::Unknown;
  std::uint8_t precision = 0;  // Decimal only.
  std::uint8_t scale = 0;      // Decimal only.

  friend bool operator==(const Type&, const Type&) = default;
};

// REQUIRES: 1 <= precision <= 38, scale <= precision.
Type decimal_type(int precision, int scale);

// Returns the narrowest type that holds every value of both: the lattice's join.
// Integers widen Short < Int < Long; Long and a fraction give Double; a Decimal grows its
// digits up to 38, then String; date < naive date-time; whatever has no better common type,
// and everything with Json or Binary, gives String, the top (an object as its JSON text,
// bytes as Base64).
Type widen(Type a, Type b);

// True when every value of `narrow` can be stored as `wide`.
bool fits(Type narrow, Type wide);

// "LONG", "DECIMAL(10,2)".
std::string to_string(Type type);

// Reads what to_string() writes, in any case. Errors: InvalidConfig.
Result<Type> parse_type(std::string_view text);

}  // namespace tendril

#include "data/types.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace tendril {
namespace {

constexpr int kDecimalDigitsMax = 38;

constexpr std::array<std::pair<std::string_view, TypeKind>, 16> kNames{{
    {"UNKNOWN", TypeKind::Unknown},
    {"BOOLEAN", TypeKind::Boolean},
    {"SHORT", TypeKind::Short},
    {"INT", TypeKind::Int},
    {"LONG", TypeKind::Long},
    {"FLOAT", TypeKind::Float},
    {"DOUBLE", TypeKind::Double},
    {"DECIMAL", TypeKind::Decimal},
    {"NAIVE_DATE", TypeKind::NaiveDate},
    {"NAIVE_TIME", TypeKind::NaiveTime},
    {"NAIVE_DATETIME", TypeKind::NaiveDatetime},
    {"UTC_DATETIME", TypeKind::UtcDatetime},
    {"BINARY", TypeKind::Binary},
    {"XML", TypeKind::Xml},
    {"STRING", TypeKind::String},
    {"JSON", TypeKind::Json},
}};

// Digits before the point that any value of an integer type may need; 0 for other types.
int integer_digits(TypeKind kind) {
  switch (kind) {
    case TypeKind::Short: return 5;
    case TypeKind::Int: return 10;
    case TypeKind::Long: return 19;
    default: return 0;
  }
}

bool is_floating(TypeKind kind) { return kind == TypeKind::Float || kind == TypeKind::Double; }

Type widen_decimals(Type a, Type b) {
  const int whole_a = a.kind == TypeKind::Decimal ? a.precision - a.scale : integer_digits(a.kind);
  const int whole_b = b.kind == TypeKind::Decimal ? b.precision - b.scale : integer_digits(b.kind);
  const int scale = std::max(a.scale, b.scale);
  const int precision = std::max(whole_a, whole_b) + scale;
  // Rounding a decimal to a double would lose digits, so the top takes it.
  return precision <= kDecimalDigitsMax ? decimal_type(precision, scale) : Type{TypeKind::String};
}

// REQUIRES: a.kind < b.kind in declaration order.
Type widen_ordered(Type a, Type b) {
  const bool a_is_integer = integer_digits(a.kind) > 0;
  if (a_is_integer && integer_digits(b.kind) > 0) {
    return b;
  }
  if (a_is_integer && is_floating(b.kind)) {
    // A float holds 24 bits exactly, so only Short fits one.
    return a.kind == TypeKind::Short ? b : Type{TypeKind::Double};
  }
  if (a.kind == TypeKind::Float && b.kind == TypeKind::Double) {
    return b;
  }
  if (a_is_integer && b.kind == TypeKind::Decimal) {
    return widen_decimals(a, b);
  }
  if (a.kind == TypeKind::NaiveDate && b.kind == TypeKind::NaiveDatetime) {
    return b;
  }
  return {TypeKind::String};
}

}  // namespace

Type decimal_type(int precision, int scale) {
  CHECK(precision >= 1 && precision <= kDecimalDigitsMax && scale >= 0 && scale <= precision);
  return {TypeKind::Decimal, static_cast<std::uint8_t>(precision),
          static_cast<std::uint8_t>(scale)};
}

Type widen(Type a, Type b) {
  if (a == b || b.kind == TypeKind::Unknown) {
    return a;
  }
  if (a.kind == TypeKind::Unknown) {
    return b;
  }
  if (a.kind == TypeKind::Decimal && b.kind == TypeKind::Decimal) {
    return widen_decimals(a, b);
  }
  return a.kind < b.kind ? widen_ordered(a, b) : widen_ordered(b, a);
}

bool fits(Type narrow, Type wide) { return widen(narrow, wide) == wide; }

std::string to_string(Type type) {
  for (const auto& [name, kind] : kNames) {
    if (kind == type.kind) {
      return kind == TypeKind::Decimal ? fmt::format("{}({},{})", name, type.precision, type.scale)
                                       : std::string(name);
    }
  }
  return "UNKNOWN";
}

Result<Type> parse_type(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const std::string_view base = std::string_view(upper).substr(0, upper.find('('));
  for (const auto& [name, kind] : kNames) {
    if (name != base) {
      continue;
    }
    if (kind != TypeKind::Decimal) {
      return base.size() == upper.size()
                 ? Result<Type>(Type{kind})
                 : Error{ErrorCode::InvalidConfig, "type takes no digits: " + std::string(text)};
    }
    int precision = 0;
    int scale = 0;
    const char* begin = upper.data();
    const char* end = begin + upper.size();
    const auto first = std::from_chars(std::min(begin + base.size() + 1, end), end, precision);
    const bool has_scale = first.ptr < end && *first.ptr == ',';
    const auto second = has_scale ? std::from_chars(first.ptr + 1, end, scale) : first;
    if (second.ec != std::errc() || second.ptr + 1 != end || *second.ptr != ')' || precision < 1 ||
        precision > kDecimalDigitsMax || scale < 0 || scale > precision) {
      return Error{ErrorCode::InvalidConfig,
                   "decimal type is not DECIMAL(p,s): " + std::string(text)};
    }
    return decimal_type(precision, scale);
  }
  return Error{ErrorCode::InvalidConfig, "type is unknown: " + std::string(text)};
}

}  // namespace tendril

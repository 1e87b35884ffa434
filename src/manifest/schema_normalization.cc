#include "manifest/schema_normalization.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "core/stripped.h"
#include "data/json.h"
#include "expr/term_text.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr int kReferencesMax = 50;  // Of a schema, one in another.

// Python takes "1_000" for a number, but not "_1", "1_" or "1__0".
std::optional<std::string> digits_of(std::string_view text) {
  std::string digits;
  text = stripped(text);
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) {
      return std::nullopt;
    }
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      digits += text[i];
      continue;
    }
    const auto is_digit = [&](std::size_t at) {
      return at < text.size() && text[at] >= '0' && text[at] <= '9';
    };
    if (i == 0 || !is_digit(i - 1) || !is_digit(i + 1)) {
      return std::nullopt;
    }
  }
  return digits.empty() ? std::nullopt : std::optional(digits);
}

std::optional<Value> integer_of(std::string_view text) {
  const auto digits = digits_of(text);
  if (!digits ||
      digits->find_first_not_of("0123456789", digits->starts_with('-') ? 1 : 0) !=
          std::string::npos ||
      *digits == "-") {
    return std::nullopt;
  }
  std::int64_t number = 0;
  const auto end = std::from_chars(digits->data(), digits->data() + digits->size(), number);
  return end.ec == std::errc() ? Value(number) : Value(BigNumber{*digits});
}

std::optional<Value> float_of(std::string_view text) {
  const auto digits = digits_of(text);
  if (!digits) {
    return std::nullopt;
  }
  double number = 0;
  const auto end = std::from_chars(digits->data(), digits->data() + digits->size(), number);
  const bool whole = end.ptr == digits->data() + digits->size() && end.ec == std::errc();
  return whole && std::isfinite(number) ? std::optional(Value(number)) : std::nullopt;
}

std::optional<Value> to_integer(const Value& value) {
  if (const std::string* text = value.as_string()) {
    return integer_of(*text);
  }
  if (const bool* flag = value.as_bool()) {
    return Value(*flag ? 1 : 0);
  }
  if (const double* number = value.as_float()) {
    const bool fits = std::isfinite(*number) && std::abs(*number) < 9.2e18;
    return fits ? std::optional(Value(static_cast<std::int64_t>(*number))) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<Value> to_number(const Value& value) {
  if (const std::string* text = value.as_string()) {
    return float_of(*text);
  }
  if (const bool* flag = value.as_bool()) {
    return Value(*flag ? 1.0 : 0.0);
  }
  if (const std::int64_t* number = value.as_int()) {
    return Value(static_cast<double>(*number));
  }
  return std::nullopt;
}

std::optional<Value> to_boolean(const Value& value) {
  const std::string* text = value.as_string();
  if (text == nullptr) {
    return Value(is_truthy(value));
  }
  std::string lower(stripped(*text));
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
  });
  for (const char* yes : {"y", "yes", "t", "true", "on", "1"}) {
    if (lower == yes) {
      return Value(true);
    }
  }
  for (const char* no : {"n", "no", "f", "false", "off", "0"}) {
    if (lower == no) {
      return Value(false);
    }
  }
  return std::nullopt;
}

// A scalar becomes a list of one, unless the schema says that elements are no scalars.
std::optional<Value> to_list(const Value& value, const Value& schema) {
  const Value* items = schema.find("items");
  const Value* types = items == nullptr ? nullptr : items->find("type");
  // A single name says nothing to the reference, which takes it apart by letters.
  if (types != nullptr && types->is_string() && !types->as_string()->empty()) {
    return std::nullopt;
  }
  for (const Value& type : types == nullptr || !types->is_list() ? List() : *types->as_list()) {
    if (type == Value("object") || type == Value("array")) {
      return std::nullopt;
    }
  }
  return value.is_list() || value.is_map() ? std::nullopt : std::optional(Value(List{value}));
}

// The one type that is not null, or "".
std::string_view target_type(const Value& type) {
  if (const std::string* name = type.as_string()) {
    return *name;
  }
  const List* names = type.as_list();
  std::string_view target;
  for (std::size_t i = 0; names != nullptr && i < names->size(); ++i) {
    const std::string* name = (*names)[i].as_string();
    if (name == nullptr || *name == "null") {
      continue;
    }
    if (!target.empty()) {
      return {};
    }
    target = *name;
  }
  return target;
}

bool allows_null(const Value& type) {
  const List* list = type.as_list();
  if (list == nullptr) {
    return type.is_string() && type.as_string()->find("null") != std::string::npos;
  }
  return std::find(list->begin(), list->end(), Value("null")) != list->end();
}

class Normalizer {
 public:
  explicit Normalizer(const Value& root) : root_(root) {}

  // Converts what is in the value, not the value itself.
  void walk(Value& value, const Value& schema, int references) const {
    if (const Value* reference = schema.find("$ref")) {
      const Value* target = resolved(*reference);
      if (target != nullptr && references < kReferencesMax) {
        walk(value, *target, references + 1);
      }
      return;  // As in draft 7, nothing beside a reference counts.
    }
    const Value* properties = schema.find("properties");
    if (Map* map = value.as_map();
        map != nullptr && properties != nullptr && properties->is_map()) {
      for (const auto& [name, property] : properties->as_map()->members()) {
        if (Value* member = map->find(name)) {
          convert(*member, property);
          walk(*member, property, references);
        }
      }
    }
    const Value* items = schema.find("items");
    if (List* list = value.as_list(); list != nullptr && items != nullptr && items->is_map()) {
      for (Value& item : *list) {
        convert(item, *items);
        walk(item, *items, references);
      }
    }
  }

 private:
  const Value* resolved(const Value& reference) const {
    const std::string* text = reference.as_string();
    return text == nullptr || !text->starts_with('#') ? nullptr
                                                      : find_pointer(root_, text->substr(1));
  }

  static void convert(Value& value, const Value& schema) {
    const Value* type = schema.find("type");
    if (type == nullptr || (value.is_null() && allows_null(*type))) {
      return;
    }
    const std::string_view target = target_type(*type);
    std::optional<Value> converted;
    if (target == "string") {
      converted = value.is_string() ? std::nullopt : std::optional(Value(python_text(value)));
    } else if (target == "number") {
      converted = to_number(value);
    } else if (target == "integer") {
      converted = to_integer(value);
    } else if (target == "boolean") {
      converted = to_boolean(value);
    } else if (target == "array") {
      converted = to_list(value, schema);
    }
    if (converted) {
      value = *std::move(converted);
    }
  }

  const Value& root_;
};

void append_python(std::string& out, const Value& value, bool quoted) {
  switch (value.kind()) {
    case Value::Kind::Null: out += "None"; return;
    case Value::Kind::Bool: out += *value.as_bool() ? "True" : "False"; return;
    case Value::Kind::String:
      return quoted ? append_quoted(out, *value.as_string()) : void(out += *value.as_string());
    case Value::Kind::List: {
      out += '[';
      const char* between = "";
      for (const Value& item : *value.as_list()) {
        out += std::exchange(between, ", ");
        append_python(out, item, true);
      }
      out += ']';
      return;
    }
    case Value::Kind::Map: {
      out += '{';
      const char* between = "";
      for (const auto& [name, member] : value.as_map()->members()) {
        out += std::exchange(between, ", ");
        append_quoted(out, name);
        out += ": ";
        append_python(out, member, true);
      }
      out += '}';
      return;
    }
    default: out += plain_text(value); return;
  }
}

}  // namespace

void normalize_by_schema(Value& record, const Value& schema) {
  Normalizer(schema).walk(record, schema, 0);
}

std::string python_text(const Value& value) {
  std::string text;
  append_python(text, value, false);
  return text;
}

}  // namespace tendril

#include "manifest/json_row.h"

#include <cstring>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "data/json_tree.h"

namespace tendril {
namespace {

namespace sj = simdjson::ondemand;

// A field's name. Names without escapes are read where they stand.
simdjson::error_code name_of(sj::field& field, std::string_view& name) {
  const char* start = field.key().raw();
  const char* end = start;
  while (*end != '"' && *end != '\\') {
    ++end;
  }
  if (*end == '"') {
    name = std::string_view(start, static_cast<std::size_t>(end - start));
    return simdjson::SUCCESS;
  }
  return field.unescaped_key().get(name);
}

// Walks through a value that is kept as text, so that only JSON gets into a JSON column.
simdjson::error_code validate(sj::value value, int depth);

template <class Container>
simdjson::error_code validate_members(Container& container, int depth) {
  if (depth > kJsonDepthMax) {
    return simdjson::DEPTH_ERROR;
  }
  for (auto member : container) {
    if (const auto fault = member.error()) {
      return fault;
    }
    sj::value value;
    if constexpr (std::is_same_v<Container, sj::object>) {
      value = member.value_unsafe().value();
    } else {
      value = member.value_unsafe();
    }
    if (const auto fault = validate(value, depth + 1)) {
      return fault;
    }
  }
  return simdjson::SUCCESS;
}

simdjson::error_code validate(sj::value value, int depth) {
  sj::json_type type{};
  if (const auto fault = value.type().get(type)) {
    return fault;
  }
  switch (type) {
    case sj::json_type::object: {
      sj::object object;
      const auto fault = value.get_object().get(object);
      return fault ? fault : validate_members(object, depth);
    }
    case sj::json_type::array: {
      sj::array array;
      const auto fault = value.get_array().get(array);
      return fault ? fault : validate_members(array, depth);
    }
    case sj::json_type::string: return value.get_string().error();
    case sj::json_type::boolean: return value.get_bool().error();
    case sj::json_type::null: return take_null(value);
    case sj::json_type::number: break;
  }
  const simdjson::error_code fault = value.get_number().error();
  Value big;
  return fault == simdjson::SUCCESS ? fault : json_tree(value, big);
}

template <class Container>
simdjson::error_code raw_text(Container& container, std::string_view& text) {
  if (const auto fault = validate_members(container, 0)) {
    return fault;
  }
  if (const auto fault = container.reset().error()) {
    return fault;
  }
  if (const auto fault = container.raw_json().get(text)) {
    return fault;
  }
  text = trimmed_token(text);
  return simdjson::SUCCESS;
}

using Seen = std::optional<std::string_view>;

// A text without escapes is taken from where it stands in the page: that saves one copy, and
// finding no backslash is quicker than looking at every byte. The first pass over the page has
// checked quotes, control characters and UTF-8 already.
simdjson::error_code text_of(sj::value& value, std::string_view& text) {
  const std::string_view token = trimmed_token(value.raw_json_token());
  if (token.size() >= 2 && token.back() == '"' &&
      std::memchr(token.data(), '\\', token.size()) == nullptr) {
    text = token.substr(1, token.size() - 2);
    return simdjson::SUCCESS;
  }
  return value.get_string().get(text);
}

simdjson::error_code number_cell(sj::value& value, ColumnBuilder& column, Seen& seen) {
  const std::string_view token = trimmed_token(value.raw_json_token());
  seen = token;
  sj::number number;
  if (const auto fault = value.get_number().get(number)) {
    Value big;
    const auto tree_fault = json_tree(value, big);
    if (tree_fault == simdjson::SUCCESS) {
      column.append(big);
    }
    return tree_fault == simdjson::SUCCESS ? simdjson::SUCCESS : fault;
  }
  switch (number.get_number_type()) {
    case sj::number_type::signed_integer: column.append_int(number.get_int64()); break;
    case sj::number_type::unsigned_integer: column.append_big_number(token); break;
    case sj::number_type::floating_point_number: column.append_double(number.get_double()); break;
  }
  return simdjson::SUCCESS;
}

// Appends one value to its column; `seen` is what a tap is shown.
simdjson::error_code cell(sj::value& value, ColumnBuilder& column, Seen& seen) {
  sj::json_type type{};
  if (const auto fault = value.type().get(type)) {
    return fault;
  }
  std::string_view text;
  switch (type) {
    case sj::json_type::string: {
      const auto fault = text_of(value, text);
      if (fault == simdjson::SUCCESS) {
        column.append_string(text);
        seen = text;
      }
      return fault;
    }
    case sj::json_type::number: return number_cell(value, column, seen);
    case sj::json_type::boolean: {
      bool flag = false;
      const auto fault = value.get_bool().get(flag);
      if (fault == simdjson::SUCCESS) {
        column.append_bool(flag);
        seen = flag ? "true" : "false";
      }
      return fault;
    }
    case sj::json_type::null: column.append_null(); return take_null(value);
    case sj::json_type::object: {
      sj::object object;
      const auto fault = value.get_object().get(object);
      if (const auto bad = fault ? fault : raw_text(object, text)) {
        return bad;
      }
      break;
    }
    case sj::json_type::array: {
      sj::array array;
      const auto fault = value.get_array().get(array);
      if (const auto bad = fault ? fault : raw_text(array, text)) {
        return bad;
      }
      break;
    }
  }
  column.append_json(text);
  seen = text;
  return simdjson::SUCCESS;
}

}  // namespace

simdjson::error_code json_row(sj::object object, BatchBuilder& rows, const FieldTap* tap) {
  for (auto&& member : object) {
    if (const auto fault = member.error()) {
      return fault;
    }
    // By reference: copying fields and values costs a third of the whole walk.
    auto&& field = std::forward<decltype(member)>(member).value_unsafe();
    std::string_view name;
    if (const auto fault = name_of(field, name)) {
      return fault;
    }
    const bool is_tapped = tap != nullptr && name == tap->field;
    Seen seen;
    if (const auto fault = cell(field.value(), rows.cell(name), seen)) {
      return fault;
    }
    if (is_tapped) {
      tap->see(seen);
    }
  }
  rows.end_row();
  return simdjson::SUCCESS;
}

}  // namespace tendril

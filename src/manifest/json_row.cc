#include "manifest/json_row.h"

#include <optional>
#include <string_view>
#include <utility>

#include "data/json_tree.h"

namespace tendril {
namespace {

namespace sj = simdjson::ondemand;

using Seen = std::optional<std::string_view>;

constexpr std::size_t kShortNumber = 19;

simdjson::error_code number_cell(sj::value& value, ColumnBuilder& column, Seen& seen) {
  const std::string_view token = trimmed_token(value.raw_json_token());
  seen = token;
  // What may have more digits than 64 bits hold is read by one who knows how.
  if (token.size() > kShortNumber) {
    Value number;
    const simdjson::error_code fault = json_tree(value, number);
    if (fault == simdjson::SUCCESS) {
      column.append(number);
    }
    return fault;
  }
  sj::number number;
  if (const auto fault = value.get_number().get(number)) {
    return fault;
  }
  switch (number.get_number_type()) {
    case sj::number_type::signed_integer: column.append_int(number.get_int64()); break;
    case sj::number_type::unsigned_integer: column.append_big_number(token); break;
    case sj::number_type::floating_point_number: column.append_double(number.get_double()); break;
  }
  return simdjson::SUCCESS;
}

// Appends one value to its column; `seen` is what a tap is shown.
simdjson::error_code cell(sj::value& value, EscapeFinder& escapes, ColumnBuilder& column,
                          Seen& seen) {
  sj::json_type type{};
  if (const auto fault = value.type().get(type)) {
    return fault;
  }
  std::string_view text;
  switch (type) {
    case sj::json_type::string: {
      const auto fault = json_text(value, escapes, text);
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
      if (const auto bad = fault ? fault : checked_json(object, text)) {
        return bad;
      }
      break;
    }
    case sj::json_type::array: {
      sj::array array;
      const auto fault = value.get_array().get(array);
      if (const auto bad = fault ? fault : checked_json(array, text)) {
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

simdjson::error_code json_row(sj::object object, BatchBuilder& rows, const FieldTap* tap,
                              EscapeFinder& escapes) {
  for (auto&& member : object) {
    if (const auto fault = member.error()) {
      return fault;
    }
    // By reference: copying fields and values costs a third of the whole walk.
    auto&& field = std::forward<decltype(member)>(member).value_unsafe();
    std::string_view name = rows.expected_name();
    const bool is_expected = !name.empty() && is_named(field, name);
    if (!is_expected) {
      if (const auto fault = json_name(field, name)) {
        return fault;
      }
    }
    const bool is_tapped = tap != nullptr && name == tap->field;
    ColumnBuilder& column = is_expected ? rows.expected_cell() : rows.cell(name);
    Seen seen;
    if (const auto fault = cell(field.value(), escapes, column, seen)) {
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

#include "manifest/json_scan.h"

#include <type_traits>

#include "data/json_tree.h"

namespace tendril {
namespace {

namespace sj = simdjson::ondemand;

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
simdjson::error_code checked_container(Container& container, std::string_view& text) {
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

}  // namespace

simdjson::error_code checked_json(sj::object& object, std::string_view& text) {
  return checked_container(object, text);
}

simdjson::error_code checked_json(sj::array& array, std::string_view& text) {
  return checked_container(array, text);
}

simdjson::error_code check_json(sj::value value) { return validate(value, 0); }

}  // namespace tendril

#include "data/json_tree.h"

#include <string>
#include <utility>

namespace tendril {
namespace {

namespace sj = simdjson::ondemand;

// Source: RFC 8259 section 6: no zeros in front.
bool is_integer_text(std::string_view text) {
  if (text.starts_with('-')) {
    text.remove_prefix(1);
  }
  return !text.empty() && (text == "0" || text.front() != '0') &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

template <class Json>
simdjson::error_code number_tree(Json& json, std::string_view token, Value& out) {
  sj::number number;
  const simdjson::error_code fault = json.get_number().get(number);
  if (fault != simdjson::SUCCESS) {
    if (!is_integer_text(token)) {
      return fault;
    }
    out = BigNumber{std::string(token)};
    return simdjson::SUCCESS;
  }
  switch (number.get_number_type()) {
    case sj::number_type::signed_integer: out = number.get_int64(); break;
    case sj::number_type::unsigned_integer: out = BigNumber{std::string(token)}; break;
    case sj::number_type::floating_point_number: out = number.get_double(); break;
  }
  return simdjson::SUCCESS;
}

simdjson::error_code list_tree(sj::array array, Value& out, int depth) {
  List list;
  for (auto element : array) {
    sj::value item;
    if (const auto fault = element.get(item)) {
      return fault;
    }
    if (const auto fault = json_tree(item, list.emplace_back(), depth + 1)) {
      return fault;
    }
  }
  out = std::move(list);
  return simdjson::SUCCESS;
}

simdjson::error_code map_tree(sj::object object, Value& out, int depth) {
  Map map;
  for (auto member : object) {
    sj::field field;
    std::string_view name;
    if (const auto fault = std::move(member).get(field)) {
      return fault;
    }
    if (const auto fault = field.unescaped_key().get(name)) {
      return fault;
    }
    Value value;
    const std::string key(name);
    if (const auto fault = json_tree(field.value(), value, depth + 1)) {
      return fault;
    }
    map.set(key, std::move(value));  // The last of equal names wins.
  }
  out = std::move(map);
  return simdjson::SUCCESS;
}

// `json` is a document that is one scalar, or a value.
template <class Json>
simdjson::error_code tree(Json& json, Value& out, int depth) {
  sj::json_type type{};
  if (const auto fault = json.type().get(type)) {
    return fault;
  }
  if (depth > kJsonDepthMax) {
    return simdjson::DEPTH_ERROR;
  }
  switch (type) {
    case sj::json_type::array: {
      sj::array array;
      const auto fault = json.get_array().get(array);
      return fault ? fault : list_tree(array, out, depth);
    }
    case sj::json_type::object: {
      sj::object object;
      const auto fault = json.get_object().get(object);
      return fault ? fault : map_tree(object, out, depth);
    }
    case sj::json_type::string: {
      std::string_view text;
      const auto fault = json.get_string().get(text);
      out = text;
      return fault;
    }
    case sj::json_type::number: {
      std::string_view token;
      if constexpr (std::is_same_v<Json, sj::value>) {
        token = trimmed_token(json.raw_json_token());
      } else if (const auto fault = json.raw_json_token().get(token)) {
        return fault;
      }
      return number_tree(json, trimmed_token(token), out);
    }
    case sj::json_type::boolean: {
      bool flag = false;
      const auto fault = json.get_bool().get(flag);
      out = flag;
      return fault;
    }
    case sj::json_type::null: break;
  }
  out = Value();
  return take_null(json);
}

}  // namespace

simdjson::error_code json_tree(sj::value value, Value& out, int depth) {
  return tree(value, out, depth);
}

simdjson::error_code json_tree(sj::document& document, Value& out) {
  return tree(document, out, 0);
}

}  // namespace tendril

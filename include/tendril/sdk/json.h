// Json: a JSON value, for states and for columns of JSON. Objects keep the order of their members;
// of two with the same name the later one counts.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "errors.h"

namespace tendril::sdk {

struct JsonMember;

class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::vector<JsonMember>;

  Json();  // null
  Json(std::nullptr_t);
  template <std::same_as<bool> T>
  Json(T value) : value_(value) {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) Json(T value) : value_(number_of(value)) {}
  Json(double value);
  Json(const char* text);
  Json(std::string_view text);
  Json(std::string text);
  Json(Array items);
  Json(Object members);
  // An object: Json{{"cursor", 7}, {"page", "b"}}.
  Json(std::initializer_list<JsonMember> members);
  static Json object();
  static Json array(std::initializer_list<Json> items = {});

  Json(const Json& other);
  Json(Json&& other) noexcept;
  Json& operator=(const Json& other);
  Json& operator=(Json&& other) noexcept;
  ~Json();

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_object() const { return as_object() != nullptr; }

  // Null when it is of another type.
  const bool* as_bool() const { return std::get_if<bool>(&value_); }
  const std::int64_t* as_int() const { return std::get_if<std::int64_t>(&value_); }
  const double* as_double() const { return std::get_if<double>(&value_); }
  const std::string* as_text() const { return std::get_if<std::string>(&value_); }
  const Array* as_array() const { return std::get_if<Array>(&value_); }
  const Object* as_object() const { return std::get_if<Object>(&value_); }

  // The member of an object; null when there is none.
  const Json* find(std::string_view name) const;

  // The member, or `fallback` when it is missing or null: state.value_or("next_id", 1).
  // Throws ConnectorError, naming it, when it is of another type.
  template <std::same_as<bool> T>
  bool value_or(std::string_view name, T fallback) const {
    const Json* const member = present(name);
    return member == nullptr ? fallback : *typed(name, *member, member->as_bool());
  }
  template <std::integral T>
  requires(!std::same_as<T, bool>) std::int64_t value_or(std::string_view name, T fallback)
  const {
    const Json* const member = present(name);
    return member == nullptr ? fallback : *typed(name, *member, member->as_int());
  }
  double value_or(std::string_view name, double fallback) const {
    const Json* const member = present(name);
    if (member != nullptr && member->as_int() != nullptr) {
      return static_cast<double>(*member->as_int());
    }
    return member == nullptr ? fallback : *typed(name, *member, member->as_double());
  }
  std::string value_or(std::string_view name, std::string_view fallback) const {
    const Json* const member = present(name);
    return member == nullptr ? std::string(fallback) : *typed(name, *member, member->as_text());
  }
  std::string value_or(std::string_view name, const char* fallback) const {
    return value_or(name, std::string_view(fallback));
  }

  // The member to be set; null becomes an object, and a member that is missing is made.
  Json& operator[](std::string_view name);

  void append_to(std::string& out) const;
  std::string text() const {
    std::string out;
    append_to(out);
    return out;
  }

  // Throws ConnectorError when the text is no JSON.
  static Json parse(std::string_view text);

  // "an object", "a text", ...
  const char* kind() const;

  bool operator==(const Json& other) const;

 private:
  // The member that is neither missing nor null.
  const Json* present(std::string_view name) const {
    const Json* const member = find(name);
    return member == nullptr || member->is_null() ? nullptr : member;
  }

  template <class T>
  static const T* typed(std::string_view name, const Json& member, const T* value) {
    if (value == nullptr) {
      throw ConnectorError("json: member " + std::string(name) + " is " + member.kind() +
                           ", which is not what value_or() was asked for");
    }
    return value;
  }

  template <class T>
  static std::int64_t number_of(T value) {
    if (std::in_range<std::int64_t>(value)) {
      return static_cast<std::int64_t>(value);
    }
    throw ConnectorError("json: a number is beyond 64 bits with a sign: send it as a text");
  }

  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

using State = Json;

struct JsonMember {
  std::string name;
  Json value = {};

  bool operator==(const JsonMember& other) const = default;
};

// Here, where members of objects are complete.
inline Json::Json() = default;
inline Json::Json(const Json& other) = default;
inline Json::Json(Json&& other) noexcept = default;
inline Json& Json::operator=(const Json& other) = default;
inline Json& Json::operator=(Json&& other) noexcept = default;
inline Json::~Json() = default;
inline Json::Json(std::nullptr_t) {}
inline Json::Json(double value) : value_(value) {}
inline Json::Json(const char* text) : value_(std::string(text)) {}
inline Json::Json(std::string_view text) : value_(std::string(text)) {}
inline Json::Json(std::string text) : value_(std::move(text)) {}
inline Json::Json(Array items) : value_(std::move(items)) {}
inline Json::Json(Object members) : value_(std::move(members)) {}
inline Json::Json(std::initializer_list<JsonMember> members) : value_(Object(members)) {}
inline Json Json::object() { return Json(Object()); }
inline Json Json::array(std::initializer_list<Json> items) { return Json(Array(items)); }
inline bool Json::operator==(const Json& other) const { return value_ == other.value_; }

inline const Json* Json::find(std::string_view name) const {
  const Object* const members = as_object();
  if (members == nullptr) {
    return nullptr;
  }
  const auto found = std::find_if(members->rbegin(), members->rend(),
                                  [&](const JsonMember& each) { return each.name == name; });
  return found == members->rend() ? nullptr : &found->value;
}

inline Json& Json::operator[](std::string_view name) {
  if (is_null()) {
    value_ = Object();
  }
  Object* const members = std::get_if<Object>(&value_);
  if (members == nullptr) {
    throw ConnectorError("json: " + std::string(kind()) + " has no member " + std::string(name));
  }
  const auto found = std::find_if(members->rbegin(), members->rend(),
                                  [&](const JsonMember& each) { return each.name == name; });
  return found != members->rend() ? found->value
                                  : members->emplace_back(JsonMember{std::string(name), {}}).value;
}

inline const char* Json::kind() const {
  static constexpr const char* kKinds[] = {"null",   "a bool", "an int",   "a number",
                                           "a text", "a list", "an object"};
  return kKinds[value_.index()];
}

}  // namespace tendril::sdk

#include "data/json_tree.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tendril {
namespace {

namespace sj = simdjson::ondemand;

template <class Json>
simdjson::error_code tree(Json& json, Value& out, int depth);

// Source: RFC 8259 section 6: no zeros in front.
bool is_integer_text(std::string_view text) {
  if (text.starts_with('-')) {
    text.remove_prefix(1);
  }
  return !text.empty() && (text == "0" || text.front() != '0') &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

// A longer number may have more digits than 64 bits hold. Of fractions with such digits simdjson
// 3.0 makes nought, or another number.
constexpr std::size_t kShortNumber = 19;

simdjson::error_code long_fraction(std::string_view token, Value& out) {
  const double number = std::strtod(std::string(token).c_str(), nullptr);
  out = number;
  return std::isfinite(number) ? simdjson::SUCCESS : simdjson::NUMBER_ERROR;
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
    case sj::number_type::floating_point_number:
      if (token.size() > kShortNumber) {
        return long_fraction(token, out);
      }
      out = number.get_double();
      break;
  }
  return simdjson::SUCCESS;
}

// Finds equal names while an object is read. A few names are told apart by one bit each, many by
// a table, so that an object with many takes no more than its share of time.
class NameIndex {
 public:
  // Returns the place of the member of that name; the number of members when it is new, and then
  // expects it to be added.
  std::size_t place_of(const std::vector<Map::Member>& members, std::string_view name) {
    if (members.size() >= kFew) {
      return place_in_table(members, name);
    }
    const std::uint64_t bit = std::uint64_t{1} << (hash(name) % kFew);
    const bool may_be_there = (bits_ & bit) != 0;
    bits_ |= bit;
    const auto is_it = [name](const Map::Member& member) { return member.first == name; };
    const auto found =
        may_be_there ? std::find_if(members.begin(), members.end(), is_it) : members.end();
    return static_cast<std::size_t>(found - members.begin());
  }

 private:
  static constexpr std::size_t kFew = 64;

  static std::size_t hash(std::string_view name) {
    const auto at = [name](std::size_t i) { return static_cast<unsigned char>(name[i]); };
    return name.empty()
               ? 0
               : name.size() * 7 + at(0) * 31U + at(name.size() / 2) * 5U + at(name.size() - 1);
  }

  std::size_t place_in_table(const std::vector<Map::Member>& members, std::string_view name) {
    for (std::size_t i = table_.size(); i < members.size(); ++i) {
      table_.emplace(members[i].first, i);
    }
    return table_.try_emplace(std::string(name), members.size()).first->second;
  }

  std::uint64_t bits_ = 0;
  std::unordered_map<std::string, std::size_t> table_;
};

// Elements and members are taken by reference: copying them costs a third of the whole walk.

simdjson::error_code list_tree(sj::array array, Value& out, int depth) {
  List list;
  for (auto&& element : array) {
    if (const auto fault = element.error()) {
      return fault;
    }
    auto&& item = std::forward<decltype(element)>(element).value_unsafe();
    if (const auto fault = tree(item, list.emplace_back(), depth + 1)) {
      return fault;
    }
  }
  out = std::move(list);
  return simdjson::SUCCESS;
}

simdjson::error_code map_tree(sj::object object, Value& out, int depth) {
  constexpr std::size_t kMembersUsual = 8;
  Map map;
  std::vector<Map::Member>& members = map.members();
  NameIndex names;
  for (auto&& member : object) {
    if (const auto fault = member.error()) {
      return fault;
    }
    auto&& field = std::forward<decltype(member)>(member).value_unsafe();
    std::string_view name;
    if (const auto fault = json_name(field, name)) {
      return fault;
    }
    const std::size_t place = names.place_of(members, name);
    if (place == members.size()) {
      members.reserve(members.empty() ? kMembersUsual : 0);
      members.emplace_back(name, Value());
    }
    // The last of equal names wins.
    if (const auto fault = tree(field.value(), members[place].second, depth + 1)) {
      return fault;
    }
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

simdjson::error_code json_name(sj::field& field, std::string_view& name) {
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

simdjson::error_code json_tree(sj::value value, Value& out, int depth) {
  return tree(value, out, depth);
}

simdjson::error_code json_tree(sj::document& document, Value& out) {
  return tree(document, out, 0);
}

}  // namespace tendril

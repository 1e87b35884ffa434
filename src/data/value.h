// Value: one JSON-like value, for configurations, manifests, state and the records of
// streams that a manifest transforms. Never on the fast path: there, records go from
// text into columns without becoming Values.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "data/instant.h"

namespace tendril {

class Value;

// A number that neither 64-bit integers nor doubles hold exactly: its text as written.
// Vendors' ids come in such sizes (requirement I31).
struct BigNumber {
  std::string text;
  friend bool operator==(const BigNumber&, const BigNumber&) = default;
};

using List = std::vector<Value>;

// An object: members in the order of insertion, names unique. Look-up is linear; objects
// of records and configurations are small.
class Map {
 public:
  using Member = std::pair<std::string, Value>;

  Map() = default;
  Map(std::initializer_list<Member> members);

  // Returns nullptr when there is no such member.
  const Value* find(std::string_view name) const;
  Value* find(std::string_view name);

  // Returns the member, made null when it was not there.
  Value& operator[](std::string_view name);
  void set(std::string_view name, Value value);
  // Returns false when there was no such member.
  bool erase(std::string_view name);

  // Adds without looking for an equal name. REQUIRES: the name is new.
  void append(std::string name, Value value);

  bool empty() const;
  std::size_t size() const;
  const std::vector<Member>& members() const { return members_; }
  std::vector<Member>& members() { return members_; }

  // Equal when both have the same members, in whatever order.
  friend bool operator==(const Map& a, const Map& b);

 private:
  std::vector<Member> members_;
};

class Value {
 public:
  enum class Kind : std::uint8_t {
    Null,
    Bool,
    Int,
    Float,
    BigNumber,
    String,
    List,
    Map,
    Datetime,  // Only while a template is evaluated or a database is read; ISO text in JSON.
    Duration,  // Only while a template is evaluated.
  };

  Value() = default;
  Value(std::nullptr_t) {}
  Value(bool value) : data_(value) {}
  Value(std::int64_t value) : data_(value) {}
  Value(int value) : data_(static_cast<std::int64_t>(value)) {}
  Value(double value) : data_(value) {}
  Value(BigNumber value) : data_(std::move(value)) {}
  Value(std::string value) : data_(std::move(value)) {}
  Value(std::string_view value) : data_(std::string(value)) {}
  Value(const char* value) : data_(std::string(value)) {}
  Value(List value) : data_(std::move(value)) {}
  Value(Map value) : data_(std::move(value)) {}
  Value(const Datetime& value) : data_(value) {}
  Value(const Duration& value) : data_(value) {}

  Kind kind() const { return static_cast<Kind>(data_.index()); }
  bool is_null() const { return kind() == Kind::Null; }
  bool is_string() const { return kind() == Kind::String; }
  bool is_list() const { return kind() == Kind::List; }
  bool is_map() const { return kind() == Kind::Map; }

  // Return nullptr when the value is of another kind.
  const bool* as_bool() const { return std::get_if<bool>(&data_); }
  const std::int64_t* as_int() const { return std::get_if<std::int64_t>(&data_); }
  const double* as_float() const { return std::get_if<double>(&data_); }
  const BigNumber* as_big_number() const { return std::get_if<BigNumber>(&data_); }
  const std::string* as_string() const { return std::get_if<std::string>(&data_); }
  const List* as_list() const { return std::get_if<List>(&data_); }
  const Map* as_map() const { return std::get_if<Map>(&data_); }
  const Datetime* as_datetime() const { return std::get_if<Datetime>(&data_); }
  const Duration* as_duration() const { return std::get_if<Duration>(&data_); }
  std::string* as_string() { return std::get_if<std::string>(&data_); }
  List* as_list() { return std::get_if<List>(&data_); }
  Map* as_map() { return std::get_if<Map>(&data_); }

  // Returns the member of a map, or nullptr when this is no map or has none of that name.
  const Value* find(std::string_view name) const;

  // Same kind and same content; the integer 1 does not equal 1.0 or true.
  friend bool operator==(const Value&, const Value&) = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, BigNumber, std::string, List, Map,
               Datetime, Duration>
      data_;
};

// "null", "bool", "int", "float", "string", "list", "map", ...
std::string_view to_string(Value::Kind kind);

}  // namespace tendril

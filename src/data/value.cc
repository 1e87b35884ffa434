#include "data/value.h"

#include <algorithm>

namespace tendril {

Map::Map(std::initializer_list<Member> members) : members_(members) {}

const Value* Map::find(std::string_view name) const {
  for (const Member& member : members_) {
    if (member.first == name) {
      return &member.second;
    }
  }
  return nullptr;
}

Value* Map::find(std::string_view name) {
  return const_cast<Value*>(std::as_const(*this).find(name));
}

Value& Map::operator[](std::string_view name) {
  if (Value* found = find(name)) {
    return *found;
  }
  return members_.emplace_back(std::string(name), Value()).second;
}

void Map::set(std::string_view name, Value value) { (*this)[name] = std::move(value); }

bool Map::erase(std::string_view name) {
  return std::erase_if(members_, [&](const Member& member) { return member.first == name; }) > 0;
}

void Map::append(std::string name, Value value) {
  members_.emplace_back(std::move(name), std::move(value));
}

bool Map::empty() const { return members_.empty(); }

std::size_t Map::size() const { return members_.size(); }

bool operator==(const Map& a, const Map& b) {
  return a.size() == b.size() &&
         std::all_of(a.members_.begin(), a.members_.end(), [&](const Map::Member& member) {
           const Value* other = b.find(member.first);
           return other != nullptr && *other == member.second;
         });
}

const Value* Value::find(std::string_view name) const {
  const Map* map = as_map();
  return map == nullptr ? nullptr : map->find(name);
}

std::string_view to_string(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::Null: return "null";
    case Value::Kind::Bool: return "bool";
    case Value::Kind::Int: return "int";
    case Value::Kind::Float: return "float";
    case Value::Kind::BigNumber: return "number";
    case Value::Kind::String: return "string";
    case Value::Kind::List: return "list";
    case Value::Kind::Map: return "map";
    case Value::Kind::Datetime: return "datetime";
    case Value::Kind::Duration: return "duration";
  }
  return "unknown";
}

}  // namespace tendril

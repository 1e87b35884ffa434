#include "manifest/node_edit.h"

#include <algorithm>
#include <utility>

#include "core/check.h"

namespace tendril {
namespace {

bool fits(const std::string& step, const std::string& name) { return step == "*" || step == name; }

}  // namespace

Node to_node(const Value& value, const Position& position) {
  Node node;
  node.position = position;
  if (const List* list = value.as_list()) {
    node.kind = Node::Kind::Sequence;
    for (const Value& item : *list) {
      node.items.push_back(to_node(item, position));
    }
  } else if (const Map* map = value.as_map()) {
    node.kind = Node::Kind::Mapping;
    for (const auto& [name, member] : map->members()) {
      node.members.emplace_back(name, to_node(member, position));
    }
  } else if (!value.is_null()) {
    node.kind = Node::Kind::Scalar;
    node.scalar = value;
  }
  return node;
}

std::size_t replace_at(Node& root, std::span<const std::string> path, const Node& value) {
  if (path.empty()) {
    root = value;
    return 1;
  }
  std::size_t replaced = 0;
  for (auto& [name, member] : root.members) {
    if (fits(path.front(), name)) {
      replaced += replace_at(member, path.subspan(1), value);
    }
  }
  for (std::size_t i = 0; i < root.items.size(); ++i) {
    if (fits(path.front(), std::to_string(i))) {
      replaced += replace_at(root.items[i], path.subspan(1), value);
    }
  }
  return replaced;
}

bool add_at(Node& root, std::span<const std::string> path, const Node& value) {
  if (path.empty()) {
    root = value;
    return true;
  }
  if (root.kind == Node::Kind::Sequence) {
    for (std::size_t i = 0; i < root.items.size(); ++i) {
      if (path.front() == std::to_string(i)) {
        return add_at(root.items[i], path.subspan(1), value);
      }
    }
    return false;
  }
  if (root.kind == Node::Kind::Null) {
    root.kind = Node::Kind::Mapping;
    root.position = value.position;
  }
  if (root.kind != Node::Kind::Mapping) {
    return false;
  }
  for (auto& [name, member] : root.members) {
    if (name == path.front()) {
      return add_at(member, path.subspan(1), value);
    }
  }
  root.members.emplace_back(path.front(), Node());
  return add_at(root.members.back().second, path.subspan(1), value);
}

void set_member(Node& mapping, std::string_view key, Node value) {
  CHECK(mapping.kind == Node::Kind::Mapping);
  const auto found = std::find_if(mapping.members.begin(), mapping.members.end(),
                                  [&](const Node::Member& member) { return member.first == key; });
  if (found == mapping.members.end()) {
    mapping.members.emplace_back(std::string(key), std::move(value));
  } else {
    found->second = std::move(value);
  }
}

}  // namespace tendril

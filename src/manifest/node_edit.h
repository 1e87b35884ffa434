// Changes of a manifest's tree: from values that are known only while a source runs.
#pragma once

#include <span>
#include <string>

#include "data/value.h"
#include "manifest/node.h"

namespace tendril {

// The value as a piece of a manifest that stands at `position`.
Node to_node(const Value& value, const Position& position);

// Puts `value` in the place of everything that stands at `path`, where "*" stands for every member
// and list elements go by number. Returns how many places there were.
std::size_t replace_at(Node& root, std::span<const std::string> path, const Node& value);

// Adds `value` at `path`; mappings are made on the way. False when something else is in the way.
bool add_at(Node& root, std::span<const std::string> path, const Node& value);

// Sets a member of a mapping. REQUIRES: `mapping` is one.
void set_member(Node& mapping, std::string_view key, Node value);

}  // namespace tendril

// Paths through trees of values: ["a", "0", "b"] leads through objects by name and through lists by
// number; "*" stands for every member, where that is said.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "data/value.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/template_field.h"

namespace tendril {

using ValuePath = std::vector<std::string>;

// What stands there; null when nothing does.
const Value* value_at(const Value& root, const ValuePath& path);

// All that stands there, with "*".
std::vector<const Value*> values_at(const Value& root, const ValuePath& path);

// Sets what stands there; objects are made on the way. False when something else is in the way.
bool set_at(Value& root, const ValuePath& path, Value value);

// Removes what stands there, with "*"; an element of a list becomes null instead.
void remove_at(Value& root, const ValuePath& path);

// "a/b" leads to b in a.
ValuePath split_path(std::string_view text);

// The steps of `list`, a field of `owner`, evaluated.
// Errors: InvalidConfig with file, line and column.
Result<ValuePath> evaluate_path(const Node& owner, const Node& list, Context& context);

}  // namespace tendril

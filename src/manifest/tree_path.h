// TreePath: where something stands in a tree, as a list of steps that may be patterns: "*" and "?"
// as in file names, "[ab]" for one of these characters, "**" for any number of steps. Lists are
// entered by number, from the end where that is negative.
// Source: the paths of the manifest language, which are those of Python's dpath.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "data/value.h"
#include "manifest/value_path.h"

namespace tendril {

using TreePath = ValuePath;

bool is_pattern(std::string_view step);
bool has_pattern(const TreePath& path);

// Returns true when `name` is what the step says.
bool matches_step(std::string_view step, std::string_view name);

// What stands at the path, in the order of the tree; never the root itself.
std::vector<const Value*> values_at_path(const Value& root, const TreePath& path);

// The place that a path without patterns leads to; objects are made on the way (lists, where the
// next step is a number), lists made longer. Null when something else stands in the way.
Value* make_place(Value& root, const TreePath& path);

// Whether a value is to go. Errors end the walk.
using ErasePredicate = std::function<Result<bool>(const Value& value)>;

// Erases what stands at the path; with a predicate, only what it holds for. An element of a list
// becomes null, so that the others keep their places; the last one goes.
Status erase_at(Value& root, const TreePath& path, const ErasePredicate* predicate);

}  // namespace tendril

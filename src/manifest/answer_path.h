// Paths into values: the names and positions that lead from a value to a part of it.
#pragma once

#include <string>
#include <vector>

#include "data/value.h"

namespace tendril {

// Steps through objects by name and through lists by number (-1: the last). Returns nullptr when
// the path leads nowhere.
const Value* find_at(const Value& value, const std::vector<std::string>& path);

}  // namespace tendril

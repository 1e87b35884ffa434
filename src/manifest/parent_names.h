// Which streams a stream reads to know its partitions.
#pragma once

#include <set>
#include <string>

#include "manifest/node.h"

namespace tendril {

// The names of its parents, of their parents, and so on.
std::set<std::string> parent_names(const Node& stream);

}  // namespace tendril

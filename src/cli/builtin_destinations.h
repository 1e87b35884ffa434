// The destinations that are part of this program.
#pragma once

#include "connector/registry.h"

namespace tendril {

void add_builtin_destinations(Registry& registry);

}  // namespace tendril

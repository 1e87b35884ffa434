// The destinations that are part of this program.
#pragma once

#include "connector/registry.h"
#include "core/clock.h"

namespace tendril {

// `clock` must outlive the registry and the destinations it makes.
void add_builtin_destinations(Registry& registry, const Clock& clock);

}  // namespace tendril

// The rules of the components that say what a stream is read by: cursors, partitions, schemas.
#pragma once

#include <span>

#include "manifest/component_rules.h"

namespace tendril {

std::span<const ComponentRule> stream_rules();

}  // namespace tendril

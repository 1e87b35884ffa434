// The rules of the components that concern a source as a whole: its check, its configuration, its
// groups of streams, and the streams that it makes from templates.
#pragma once

#include <span>

#include "manifest/component_rules.h"

namespace tendril {

std::span<const ComponentRule> source_rules();

}  // namespace tendril

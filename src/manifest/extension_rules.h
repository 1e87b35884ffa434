// The rules of our own additions to the manifest language. The reference does not know them: a
// manifest that uses one runs here only, which `lint --portable` reports.
#pragma once

#include <span>

#include "manifest/component_rules.h"

namespace tendril {

std::span<const ComponentRule> extension_rules();

}  // namespace tendril

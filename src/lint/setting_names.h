// The settings that a manifest's configuration can have.
#pragma once

#include <set>
#include <string>

#include "manifest/node.h"

namespace tendril {

// The names at the top of the configuration that the spec declares, in any of its alternatives, or
// that something in the manifest puts there. Empty when the manifest has no spec.
std::set<std::string, std::less<>> setting_names(const Node& manifest);

}  // namespace tendril

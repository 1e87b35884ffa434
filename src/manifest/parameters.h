// Parameters: completes a manifest whose references are resolved: gives components that name no
// type the one their place implies, and hands `$parameters` down.
// Source: reference implementation of the manifest language, its component transformer.
#pragma once

#include <string_view>

#include "core/result.h"
#include "manifest/node.h"

namespace tendril {

// Changes `manifest` in place. A parameter reaches every component below the one that has it: it
// becomes the value of the component's field of that name where that is missing or empty, and
// stands in its "$parameters", for templates. A component's own parameters go before inherited
// ones, and a parameter is not handed into the field of its own name. JSON schemas and other free
// parts are left alone, as are components that this version does not run.
// Errors: InvalidConfig when `$parameters` is no mapping, or the result is too large.
Status apply_parameters(Node& manifest);

// The same for one component, into which parts were put after that. With `outer_wins` inherited
// parameters go before a component's own, which it inherited when it was another's.
Status apply_parameters(Node& component, std::string_view inferred_type, bool outer_wins);

}  // namespace tendril

// ComponentsResolver: the values from which streams are made, one set for each stream.
// Source: manifest components "HttpComponentsResolver", "ConfigComponentsResolver" and
// "ParametrizedComponentsResolver".
#pragma once

#include <stop_token>
#include <vector>

#include "core/result.h"
#include "data/value.h"
#include "manifest/environment.h"
#include "manifest/node.h"

namespace tendril {

struct ComponentsValues {
  Value values;      // What templates see as components_values.
  Value slice = {};  // And as stream_slice; null where nothing was read for it.
};

// May send requests. Errors: InvalidConfig and Unsupported with file, line and column; those of the
//   client.
Result<std::vector<ComponentsValues>> resolve_components(const Node& resolver,
                                                         const Environment& environment,
                                                         std::stop_token stop);

}  // namespace tendril

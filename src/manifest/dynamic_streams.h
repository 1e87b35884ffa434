// Streams that are made from a template while a source runs: one for each entry of the user's
// configuration, of an API's answer, or of a list in the manifest.
// Source: manifest components "DynamicDeclarativeStream", "HttpComponentsResolver",
// "ConfigComponentsResolver", "ParametrizedComponentsResolver", "ComponentMappingDefinition".
#pragma once

#include <stop_token>
#include <vector>

#include "core/result.h"
#include "manifest/environment.h"
#include "manifest/node.h"

namespace tendril {

// Returns the streams of one DynamicDeclarativeStream, each checked like those that a manifest
// names. May send requests.
// Errors: InvalidConfig and Unsupported with file, line and column of the template; InvalidConfig
//   when a stream is left without a name, or two have the same.
Result<std::vector<Node>> make_streams(const Node& dynamic, const Environment& environment,
                                       std::stop_token stop);

}  // namespace tendril

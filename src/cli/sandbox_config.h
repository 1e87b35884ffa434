// The configuration with which a connector reads its sandbox.
#pragma once

#include <string>

#include "data/value.h"

namespace tendril {

// Fills in what the JSON Schema `schema` of a connector's configuration asks for: secrets with
// `token`, addresses (settings named "url" or "…_url") with `base_url`, and what else is required
// with its default, its first example or its first choice.
Value sandbox_config(const Value& schema, const std::string& token, const std::string& base_url);

}  // namespace tendril

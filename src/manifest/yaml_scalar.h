// What a YAML scalar without quotes means.
// Source: YAML 1.2.2, core schema (section 10.3).
#pragma once

#include <string>

#include "data/value.h"

namespace tendril {

// Returns the truth value, integer of any size, or float that `text` is the spelling of, else the
// text. Null is for the caller: the parser tells it apart.
Value yaml_plain_scalar(const std::string& text);

}  // namespace tendril

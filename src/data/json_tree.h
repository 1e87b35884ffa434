// Builds Values from simdjson's On-Demand values. For the few files that walk JSON text
// themselves; everybody else calls parse_json().
#pragma once

#include <string_view>

#include <simdjson.h>

#include "data/value.h"

namespace tendril {

// Deeper text is refused as simdjson::DEPTH_ERROR, so that hostile text can not exhaust the stack.
constexpr int kJsonDepthMax = 256;

// Put the value into `out` and advance past it. Integers beyond 64 bits become BigNumbers.
simdjson::error_code json_tree(simdjson::ondemand::value value, Value& out, int depth = 0);
simdjson::error_code json_tree(simdjson::ondemand::document& document, Value& out);

// A token as the parser saw it, without the white space behind it.
std::string_view trimmed_token(std::string_view raw);

}  // namespace tendril

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

// A field's name. Names without escapes are read where they stand.
simdjson::error_code json_name(simdjson::ondemand::field& field, std::string_view& name);

// Takes a value whose text begins like null. Errors: N_ATOM_ERROR where it is something else.
template <class Json>
simdjson::error_code take_null(Json& json) {
  bool is_null = false;
  const auto fault = simdjson::simdjson_result<bool>(json.is_null()).get(is_null);
  return fault == simdjson::SUCCESS && is_null ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
}

// A token as the parser saw it, without the white space behind it.
inline std::string_view trimmed_token(std::string_view raw) {
  while (!raw.empty() &&
         (raw.back() == ' ' || raw.back() == '\n' || raw.back() == '\r' || raw.back() == '\t')) {
    raw.remove_suffix(1);
  }
  return raw;
}

}  // namespace tendril

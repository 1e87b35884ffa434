// Evaluator: runs the code of a template.
#pragma once

#include <string>

#include "expr/code.h"
#include "expr/evaluation.h"

namespace tendril {

// Runs `code` and appends to `out` what it puts out. Returns the value of a code that is an
// expression, and puts nothing out then. `offset` is set to the place of a fault.
Term run_code(Evaluation& evaluation, const Code& code, std::string& out, std::size_t& offset);

// Where a path ends among the values of a context.
struct PathEnd {
  const Value* value = nullptr;
  // The keys that were used up. When some are left, what is reached is a value whose members
  // are not Values, such as a text or a date; `value` is that value, or null when a member on
  // the way is missing.
  std::size_t keys_used = 0;
};
PathEnd follow(const Path& path, const Context& context);

}  // namespace tendril

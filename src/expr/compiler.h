// Compiler: from the syntax tree to code. Names become slots and locals, keyword arguments
// take their places, and all that can be known before there is a context is checked here.
#pragma once

#include <string_view>
#include <vector>

#include "core/result.h"
#include "expr/ast.h"
#include "expr/code.h"
#include "expr/template.h"

namespace tendril {

// `source` is the template; errors show it.
// Errors: InvalidConfig with the position: unknown functions, filters, tests and methods, and
// arguments that they do not take.
Result<Code> compile_template(std::string_view source, const std::vector<Statement>& statements,
                              const Scope& scope);

}  // namespace tendril

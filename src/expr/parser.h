// Parser: from words to the syntax tree of a whole template.
#pragma once

#include <string_view>
#include <vector>

#include "core/result.h"
#include "expr/ast.h"
#include "expr/token.h"

namespace tendril {

// `source` is the template that the tokens were cut from; errors show it.
// Errors: InvalidConfig with the position; Unsupported for a statement of the language that is
// not built yet.
Result<std::vector<Statement>> parse_template(std::string_view source, std::vector<Token> tokens);

}  // namespace tendril

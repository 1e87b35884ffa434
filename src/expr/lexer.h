// Lexer: cuts a template into text, tags and the words inside the tags.
#pragma once

#include <string_view>
#include <vector>

#include "core/result.h"
#include "expr/token.h"

namespace tendril {

// Returns the tokens of `source`, an End at last. Comments are left out, raw sections are text,
// "-" beside a tag's braces takes the white space away, and one newline at the very end of the
// template does not count, all as the reference does.
// Errors: InvalidConfig with the position.
Result<std::vector<Token>> tokenize(std::string_view source);

// True when `source` holds no tag or comment at all.
bool is_plain_text(std::string_view source);

}  // namespace tendril

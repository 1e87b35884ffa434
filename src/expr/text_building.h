// Pieces of text that filters and methods share.
#pragma once

#include <string>
#include <string_view>

#include "expr/function.h"

namespace tendril {

// Replaces the first `count` occurrences, all for a negative number, as Python does: an empty
// `from` stands between all characters. Faults: the result is too long.
Term replaced_text(const FunctionCall& call, std::string_view text, std::string_view from,
                   std::string_view to, std::int64_t count);

// The first letter in upper case, the others in lower case; of each word, or of the first only.
std::string capitalized(std::string_view text, bool every_word);

// The items as text with `separator` between them. Faults: the result is too long.
Term joined_text(const FunctionCall& call, const Term& items, std::string_view separator);

// `text` in the middle of `width` characters.
Term centered_text(const FunctionCall& call, std::string_view text, std::int64_t width);

}  // namespace tendril

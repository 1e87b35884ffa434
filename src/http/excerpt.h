// Excerpt: as much of a server's words as an error message may carry.
#pragma once

#include <string>
#include <string_view>

namespace tendril {

// Returns the start of `text`, at most 200 bytes, on one line, cut between characters.
std::string excerpt(std::string_view text);

}  // namespace tendril

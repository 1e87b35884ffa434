// Escapes for URLs in the two ways that the template language knows.
#pragma once

#include <string>
#include <string_view>

namespace tendril {

// For the query of a URL: a blank becomes a plus sign, a slash is escaped.
std::string quote_plus(std::string_view text);

// For the path of a URL: slashes stay.
std::string quote_path(std::string_view text);

}  // namespace tendril

// Base64 and URL (percent) encoding.
// Source: RFC 4648 section 4; RFC 3986 section 2.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tendril {

std::string base64_encode(std::string_view bytes);

// Returns nullopt when `text` is not Base64. White space is not accepted.
std::optional<std::string> base64_decode(std::string_view text);

// Encodes all but the unreserved characters A-Z a-z 0-9 - . _ ~.
std::string url_encode(std::string_view text);

// Decodes %XX; a malformed escape stays as it is. `plus_is_space` for forms.
std::string url_decode(std::string_view text, bool plus_is_space = false);

}  // namespace tendril

// Writes one JSON string; the smallest piece of JSON that the log needs too.
#pragma once

#include <string>
#include <string_view>

namespace tendril {

// Appends `text` with quotes and escapes. Bytes that are not UTF-8 become U+FFFD, so
// that the result is always valid JSON.
// Source: RFC 8259 section 7.
void append_json_string(std::string& out, std::string_view text);

}  // namespace tendril

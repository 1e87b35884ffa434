// The insides of quoted texts, with the escapes that Python knows.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tendril {

// Returns what `body`, the text between the quotes, stands for. An unknown escape stays as it
// is. Returns nullopt for a broken \x, \u, \U or \N and for half a surrogate pair.
// Source: Python's language reference, "String and Bytes literals".
std::optional<std::string> unescape(std::string_view body);

}  // namespace tendril

// A fingerprint of texts: tells them apart without showing them, in names of files and of accounts.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace tendril {

// Returns the SHA-256 of the texts and their lengths, in hexadecimal digits.
std::string fingerprint(std::initializer_list<std::string_view> texts);

}  // namespace tendril

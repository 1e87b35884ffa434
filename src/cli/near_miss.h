// Finds what somebody probably meant to type.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tendril {

// Returns the one of `known` that `word` comes closest to: at most one edit (a letter more, less,
// other, or two swapped) for every three letters, or one that `word` begins. The first of equals.
std::optional<std::string> near_miss(std::string_view word, std::span<const std::string> known);

// Returns " (did you mean X?)", or "" when nothing comes close.
std::string did_you_mean(std::string_view word, std::span<const std::string> known);

}  // namespace tendril

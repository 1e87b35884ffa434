// Finds what a misspelt name was probably meant to be.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tendril {

// Returns the candidate that is `name` but for case, "_" and "-", or else for one or two letters
// (fewer in short names) left out, added, exchanged or swapped; nullopt when none is near.
std::optional<std::string> nearest_spelling(std::string_view name,
                                            std::span<const std::string_view> candidates);

}  // namespace tendril

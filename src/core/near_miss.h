// Finds what somebody probably meant to write.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tendril {

// Returns the one of `known` that `word` is a misspelling of: it but for case, "_" and "-", or else
// for one or two letters (fewer in short words) left out, added, exchanged or swapped. The first of
// equals; nullopt when none is near.
std::optional<std::string> near_miss(std::string_view word,
                                     std::span<const std::string_view> known);

// Returns " (did you mean X?)" where `word` is a misspelling or the beginning of one of `known`,
// else "".
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace tendril

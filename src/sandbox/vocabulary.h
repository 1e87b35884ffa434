// Vocabulary: the words that made-up texts consist of.
#pragma once

#include <span>
#include <string_view>

namespace tendril {

std::span<const std::string_view> plain_words();  // Lower-case English words.
std::span<const std::string_view> first_names();  // Some with letters beyond ASCII.
std::span<const std::string_view> last_names();
// What real texts contain and programs stumble over: quotes, markup, other scripts, emoji.
std::span<const std::string_view> tricky_phrases();

}  // namespace tendril

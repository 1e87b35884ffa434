#include "bridges/fivetran/naming.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include <fmt/format.h>

#include "core/utf8.h"

namespace tendril {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lowered(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

// Of U+00C0 to U+017F: the letters without their accents; "_" for what is no letter.
constexpr std::array<std::string_view, 192> kLatin{
    "A", "A", "A",  "A",  "A", "A", "AE", "C", "E", "E", "E", "E", "I", "I", "I",  "I",  //
    "D", "N", "O",  "O",  "O", "O", "O",  "_", "O", "U", "U", "U", "U", "Y", "TH", "ss",
    "a", "a", "a",  "a",  "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",
    "d", "n", "o",  "o",  "o", "o", "o",  "_", "o", "u", "u", "u", "u", "y", "th", "y",
    "A", "a", "A",  "a",  "A", "a", "C",  "c", "C", "c", "C", "c", "C", "c", "D",  "d",
    "D", "d", "E",  "e",  "E", "e", "E",  "e", "E", "e", "E", "e", "G", "g", "G",  "g",
    "G", "g", "G",  "g",  "H", "h", "H",  "h", "I", "i", "I", "i", "I", "i", "I",  "i",
    "I", "i", "IJ", "ij", "J", "j", "K",  "k", "k", "L", "l", "L", "l", "L", "l",  "L",
    "l", "L", "l",  "N",  "n", "N", "n",  "N", "n", "n", "N", "n", "O", "o", "O",  "o",
    "O", "o", "OE", "oe", "R", "r", "R",  "r", "R", "r", "S", "s", "S", "s", "S",  "s",
    "S", "s", "T",  "t",  "T", "t", "T",  "t", "U", "u", "U", "u", "U", "u", "U",  "u",
    "U", "u", "U",  "u",  "W", "w", "Y",  "y", "Y", "Z", "z", "Z", "z", "Z", "z",  "s"};

// ASCII letters, digits and "_" only; accents stripped.
std::string plain_letters(std::string_view name) {
  std::string plain;
  while (!name.empty()) {
    const char32_t character = take_code_point(name);
    const auto latin = static_cast<std::size_t>(character) - 0xC0;
    if (character < 0x80) {
      const auto c = static_cast<char>(character);
      plain += is_lower(c) || is_upper(c) || is_digit(c) ? c : '_';
    } else if (character >= 0x300 && character < 0x370) {
      continue;  // An accent of its own, as decomposed text has it.
    } else {
      plain += latin < kLatin.size() ? kLatin[latin] : "_";
    }
  }
  return plain;
}

// "startTime" is two words, and so are "HTTPServer" and "item2Go".
bool begins_word(std::string_view text, std::size_t at) {
  if (at == 0 || !is_upper(text[at])) {
    return false;
  }
  const char before = text[at - 1];
  const bool ends_capitals = is_upper(before) && at + 1 < text.size() && is_lower(text[at + 1]);
  return is_lower(before) || is_digit(before) || ends_capitals;
}

std::string words_of(std::string_view name) {
  const std::string plain = plain_letters(name);
  std::string words;
  for (std::size_t at = 0; at < plain.size(); ++at) {
    if (begins_word(plain, at)) {
      words += '_';
    }
    if (plain[at] != '_' || words.empty() || words.back() != '_') {
      words += lowered(plain[at]);
    }
  }
  if (!words.empty() && is_digit(words.front())) {
    words.insert(0, "_");
  }
  return words;
}

}  // namespace

Result<ProjectNaming> parse_naming(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), lowered);
  if (lower == "fivetran") {
    return ProjectNaming::Fivetran;
  }
  if (lower == "source") {
    return ProjectNaming::Source;
  }
  return Error{.code = ErrorCode::InvalidConfig,
               .message = fmt::format("naming must be FIVETRAN or SOURCE: {}", text)};
}

std::string warehouse_column(std::string_view name, ProjectNaming naming) {
  return naming == ProjectNaming::Source ? std::string(name) : words_of(name);
}

std::string warehouse_table(std::string_view name, ProjectNaming naming) {
  if (naming == ProjectNaming::Source) {
    return std::string(name);
  }
  std::string table = words_of(name);
  const std::size_t letters = table.find_first_not_of('_');
  if (letters != std::string::npos && is_lower(table[letters])) {
    table.erase(0, letters);
  }
  return table;
}

std::string folded_name(std::string_view name) {
  std::string folded(name);
  std::transform(folded.begin(), folded.end(), folded.begin(), lowered);
  return folded;
}

}  // namespace tendril

#include "core/near_miss.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace tendril {
namespace {

// Beyond this nothing is compared: no real name is as long.
constexpr std::size_t kWordBytesMax = 64;

// What is shorter begins too many words.
constexpr std::size_t kBeginningBytesMin = 3;

// The letters and digits alone, in lower case.
std::string bare(std::string_view word) {
  std::string bare;
  for (const char c : word) {
    if (c != '_' && c != '-' && c != ' ') {
      bare += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return bare;
}

std::size_t edits_allowed(std::size_t word_bytes) {
  return word_bytes < 3 ? 0 : word_bytes < 8 ? 1 : 2;
}

// The number of letters left out, added, exchanged or swapped with a neighbour.
// Source: optimal string alignment distance, F. Damerau 1964.
std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t exchanged = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, exchanged});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

}  // namespace

std::optional<std::string> near_miss(std::string_view word,
                                     std::span<const std::string_view> known) {
  if (word.size() > kWordBytesMax) {
    return std::nullopt;
  }
  const std::string wanted = bare(word);
  std::optional<std::string> best;
  std::size_t best_edits = edits_allowed(wanted.size()) + 1;
  for (const std::string_view candidate : known) {
    if (candidate.size() > kWordBytesMax) {
      continue;
    }
    const std::size_t edits = edits_between(wanted, bare(candidate));
    if (edits < best_edits) {
      best = std::string(candidate);
      best_edits = edits;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  std::optional<std::string> meant = near_miss(word, known);
  if (!meant && word.size() >= kBeginningBytesMin) {
    const auto begun = std::find_if(known.begin(), known.end(), [&](std::string_view candidate) {
      return candidate.starts_with(word);
    });
    meant = begun == known.end() ? std::nullopt : std::optional<std::string>(*begun);
  }
  return meant ? " (did you mean " + *meant + "?)" : "";
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  return did_you_mean(word, std::vector<std::string_view>(known.begin(), known.end()));
}

}  // namespace tendril

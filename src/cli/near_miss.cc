#include "cli/near_miss.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace tendril {
namespace {

constexpr std::size_t kPrefixLength = 3;

// The number of edits between two words, two swapped neighbours counting as one.
// Source: optimal string alignment distance, F. Damerau 1964.
std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
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

std::optional<std::string> near_miss(std::string_view word, std::span<const std::string> known) {
  std::optional<std::string> best;
  std::size_t best_edits = 1 + std::max<std::size_t>(1, word.size() / 3);
  for (const std::string& candidate : known) {
    const bool begins = word.size() >= kPrefixLength && candidate.starts_with(word);
    const std::size_t edits = begins ? 1 : edits_between(word, candidate);
    if (edits < best_edits) {
      best = candidate;
      best_edits = edits;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> known) {
  const std::optional<std::string> meant = near_miss(word, known);
  return meant ? " (did you mean " + *meant + "?)" : "";
}

}  // namespace tendril

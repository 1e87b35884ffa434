#include "manifest/spelling.h"

#include <algorithm>
#include <vector>

namespace tendril {
namespace {

// Beyond this nothing is compared: no real name is as long.
constexpr std::size_t kNameBytesMax = 64;

std::string bare(std::string_view name) {
  std::string bare;
  for (const char c : name) {
    if (c != '_' && c != '-' && c != ' ') {
      bare += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return bare;
}

// The number of letters left out, added, exchanged or swapped with a neighbour.
// Source: optimal string alignment distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last;
  std::vector<std::size_t> last(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    last[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t exchanged = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, exchanged});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    before_last = std::move(last);
    last = std::move(row);
  }
  return last.back();
}

}  // namespace

std::optional<std::string> nearest_spelling(std::string_view name,
                                            std::span<const std::string_view> candidates) {
  if (name.size() > kNameBytesMax) {
    return std::nullopt;
  }
  const std::string wanted = bare(name);
  const std::size_t allowed = wanted.size() < 4 ? 0 : wanted.size() < 8 ? 1 : 2;
  std::optional<std::string> nearest;
  std::size_t nearest_distance = allowed + 1;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > kNameBytesMax) {
      continue;
    }
    const std::size_t found = distance(wanted, bare(candidate));
    if (found < nearest_distance) {
      nearest = std::string(candidate);
      nearest_distance = found;
    }
  }
  return nearest;
}

}  // namespace tendril

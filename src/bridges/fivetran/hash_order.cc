#include "bridges/fivetran/hash_order.h"

#include <cstddef>

#include "core/utf8.h"

namespace tendril {
namespace {

constexpr std::size_t kFirstCapacity = 16;

std::size_t bucket_of(const std::string& name, std::size_t capacity) {
  const auto hash = static_cast<std::uint32_t>(java_hash(name));
  return (hash ^ (hash >> 16U)) & (capacity - 1);
}

}  // namespace

std::int32_t java_hash(std::string_view utf8) {
  std::uint32_t hash = 0;
  while (!utf8.empty()) {
    const char32_t character = take_code_point(utf8);
    if (character < 0x10000) {
      hash = hash * 31 + character;
    } else {
      const char32_t rest = character - 0x10000;
      hash = hash * 31 + (0xD800 + (rest >> 10U));
      hash = hash * 31 + (0xDC00 + (rest & 0x3FFU));
    }
  }
  return static_cast<std::int32_t>(hash);
}

// A map that grows splits its chains and keeps their order, so that entries of one bucket come out
// in the order in which they were put in. Chains long enough to become trees do not occur in rows.
std::vector<std::string> hash_order(const std::vector<std::string>& names) {
  std::size_t capacity = kFirstCapacity;
  while (names.size() * 4 > capacity * 3) {
    capacity *= 2;
  }
  std::vector<std::vector<std::string>> buckets(capacity);
  for (const std::string& name : names) {
    buckets[bucket_of(name, capacity)].push_back(name);
  }
  std::vector<std::string> ordered;
  for (const auto& bucket : buckets) {
    ordered.insert(ordered.end(), bucket.begin(), bucket.end());
  }
  return ordered;
}

}  // namespace tendril

// Hashing: the one source of made-up data. A value depends on nothing but the seed, what it is
// for and the row, so that any row can be generated alone, in any order, without storing it.
#pragma once

#include <cstdint>
#include <string_view>

namespace tendril {

// Source: the finalizer of splitmix64 by S. Vigna.
constexpr std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31U);
}

constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  return mix(mix(a + 0x9e3779b97f4a7c15ULL) ^ (b + 0xd1b54a32d192ed03ULL));
}

// Source: FNV-1a, 64 bits.
constexpr std::uint64_t hash_text(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  return mix(hash);
}

// Maps a hash to [0, bound) without division. REQUIRES: bound > 0.
constexpr std::uint64_t scaled(std::uint64_t hash, std::uint64_t bound) {
  __extension__ typedef unsigned __int128 Wide;
  return static_cast<std::uint64_t>((static_cast<Wide>(hash) * bound) >> 64U);
}

// a * b / c without overflow in between. REQUIRES: c > 0 and the result fits.
constexpr std::uint64_t multiply_divide(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  __extension__ typedef unsigned __int128 Wide;
  return static_cast<std::uint64_t>(static_cast<Wide>(a) * b / c);
}

// Maps a hash to [0, 1).
constexpr double unit_of(std::uint64_t hash) {
  return static_cast<double>(hash >> 11U) * 0x1.0p-53;
}

}  // namespace tendril

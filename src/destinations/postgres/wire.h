// Numbers in the order of bytes that PostgreSQL's binary format has: the highest first.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace tendril {

inline std::uint8_t wire_order(std::uint8_t value) { return value; }
inline std::uint16_t wire_order(std::uint16_t value) { return __builtin_bswap16(value); }
inline std::uint32_t wire_order(std::uint32_t value) { return __builtin_bswap32(value); }
inline std::uint64_t wire_order(std::uint64_t value) { return __builtin_bswap64(value); }
static_assert(std::endian::native == std::endian::little);

// Writes an unsigned number and returns the place behind it.
template <class Unsigned>
char* put_wire(char* place, Unsigned value) {
  const Unsigned ordered = wire_order(value);
  std::memcpy(place, &ordered, sizeof(ordered));
  return place + sizeof(ordered);
}

}  // namespace tendril

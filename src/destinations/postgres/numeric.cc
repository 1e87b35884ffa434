#include "destinations/postgres/numeric.h"

#include <array>

#include "destinations/postgres/wire.h"

namespace tendril {
namespace {

constexpr int kGroupDigits = 4;
constexpr std::uint64_t kGroup = 10'000;
constexpr std::uint64_t kGroupsOf64Bits = 10'000'000'000'000'000;  // Four groups.
constexpr std::size_t kGroupsMax = 11;

constexpr std::array<std::uint64_t, 5> kPowers{1, 10, 100, 1000, 10'000};

// Groups of four digits, the lowest first.
struct Groups {
  std::array<std::uint16_t, kGroupsMax> digits{};
  std::size_t count = 0;

  void add(std::uint64_t group) { digits[count++] = static_cast<std::uint16_t>(group); }
};

void add_whole(Groups& groups, WideUnsigned number) {
  // Division of 128 bits is slow: at most twice, and in pieces of 64 bits from there on.
  while (number >= kGroupsOf64Bits) {
    auto low = static_cast<std::uint64_t>(number % kGroupsOf64Bits);
    number /= kGroupsOf64Bits;
    for (int group = 0; group < 4; ++group) {
      groups.add(low % kGroup);
      low /= kGroup;
    }
  }
  for (auto rest = static_cast<std::uint64_t>(number); rest != 0; rest /= kGroup) {
    groups.add(rest % kGroup);
  }
}

}  // namespace

std::size_t write_numeric(WideInteger number, int scale, char* out) {
  const bool is_negative = number < 0;
  auto rest = is_negative ? -static_cast<WideUnsigned>(number) : static_cast<WideUnsigned>(number);
  // Groups begin at the point: the last of the fraction may have to be filled up with zeros.
  Groups groups;
  const int odd_digits = scale % kGroupDigits;
  if (odd_digits != 0 && rest != 0) {
    const std::uint64_t power = kPowers[static_cast<std::size_t>(odd_digits)];
    groups.add(static_cast<std::uint64_t>(rest % power) *
               kPowers[static_cast<std::size_t>(kGroupDigits - odd_digits)]);
    rest /= power;
  }
  add_whole(groups, rest);
  const int fraction_groups = (scale + kGroupDigits - 1) / kGroupDigits;
  std::size_t first = 0;
  while (first < groups.count && groups.digits[first] == 0) {
    ++first;  // No zeros at the end.
  }
  std::size_t last = groups.count;
  while (last > first && groups.digits[last - 1] == 0) {
    --last;  // Nor at the beginning.
  }
  const std::size_t count = last - first;
  const int weight = count == 0 ? 0 : static_cast<int>(last) - 1 - fraction_groups;
  char* place = put_wire(out, static_cast<std::uint32_t>(8 + 2 * count));
  place = put_wire(place, static_cast<std::uint16_t>(count));
  place = put_wire(place, static_cast<std::uint16_t>(weight));
  place = put_wire(place, static_cast<std::uint16_t>(is_negative && count > 0 ? 0x4000 : 0));
  place = put_wire(place, static_cast<std::uint16_t>(scale));
  for (std::size_t index = last; index > first; --index) {
    place = put_wire(place, groups.digits[index - 1]);
  }
  return static_cast<std::size_t>(place - out);
}

}  // namespace tendril

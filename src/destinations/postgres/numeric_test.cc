#include "destinations/postgres/numeric.h"

#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <gmock/gmock.h>

namespace tendril {
namespace {

// Reads what write_numeric() wrote, group by group: "count weight sign scale: digits".
std::string decoded(WideInteger number, int scale) {
  std::array<char, kNumericBytesMax> buffer{};
  const std::size_t size = write_numeric(number, scale, buffer.data());
  std::vector<int> words;
  for (std::size_t at = 4; at + 1 < size; at += 2) {
    const auto high = static_cast<unsigned char>(buffer[at]);
    const auto low = static_cast<unsigned char>(buffer[at + 1]);
    words.push_back(static_cast<std::int16_t>(high << 8U | low));
  }
  EXPECT_EQ(static_cast<std::size_t>(static_cast<unsigned char>(buffer[3])), size - 4);
  EXPECT_EQ(words.size(), 4U + static_cast<std::size_t>(words[0]));
  std::string text = fmt::format("{} {} {:x} {}:", words[0], words[1], words[2], words[3]);
  for (std::size_t index = 4; index < words.size(); ++index) {
    text += fmt::format(" {}", words[index]);
  }
  return text;
}

WideInteger nines() {
  WideInteger number = 0;
  for (int digit = 0; digit < 38; ++digit) {
    number = number * 10 + 9;
  }
  return number;
}

TEST(Numeric, HasNoGroupsForZero) {
  EXPECT_EQ(decoded(0, 0), "0 0 0 0:");
  EXPECT_EQ(decoded(0, 2), "0 0 0 2:");
}

TEST(Numeric, GroupsDigitsFromThePoint) {
  EXPECT_EQ(decoded(1, 0), "1 0 0 0: 1");
  EXPECT_EQ(decoded(150, 2), "2 0 0 2: 1 5000");
  EXPECT_EQ(decoded(123456789, 3), "3 1 0 3: 12 3456 7890");
  EXPECT_EQ(decoded(10'000'000, 0), "1 1 0 0: 1000");
  EXPECT_EQ(decoded(1, 5), "1 -2 0 5: 1000");
}

TEST(Numeric, HasASign) {
  EXPECT_EQ(decoded(-5, 2), "1 -1 4000 2: 500");
  EXPECT_EQ(decoded(-10'000, 0), "1 1 4000 0: 1");
}

TEST(Numeric, HoldsAllDigits) {
  EXPECT_EQ(decoded(nines(), 0), "10 9 0 0: 99 9999 9999 9999 9999 9999 9999 9999 9999 9999");
  EXPECT_EQ(decoded(-nines(), 38),
            "10 -1 4000 38: 9999 9999 9999 9999 9999 9999 9999 9999 9999 9900");
  EXPECT_EQ(decoded(nines(), 1), "11 9 0 1: 9 9999 9999 9999 9999 9999 9999 9999 9999 9999 9000");
}

}  // namespace
}  // namespace tendril

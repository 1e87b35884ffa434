#include "data/padded.h"

#include <limits>

#include <fmt/format.h>

#include <gtest/gtest.h>

namespace tendril {
namespace {

std::string padded(std::int64_t value, std::size_t width, char fill) {
  std::string out = "<";
  append_padded(out, value, width, fill);
  return out;
}

TEST(AppendPadded, WritesWhatAFormatWrites) {
  using Limits = std::numeric_limits<std::int64_t>;
  for (const std::int64_t value :
       {Limits::min(), std::int64_t{-10'000}, std::int64_t{-9}, std::int64_t{0}, std::int64_t{7},
        std::int64_t{10}, std::int64_t{99}, std::int64_t{100}, std::int64_t{2024}, Limits::max()}) {
    for (std::size_t width = 0; width < 25; ++width) {
      EXPECT_EQ(padded(value, width, ' '), fmt::format("<{:{}}", value, width));
      EXPECT_EQ(padded(value, width, '0'), fmt::format("<{:0{}}", value, width));
    }
  }
}

TEST(AppendPadded, PadsNothingUnlessAsked) {
  std::string out;
  append_padded(out, 5);
  EXPECT_EQ(out, "5");
}

}  // namespace
}  // namespace tendril

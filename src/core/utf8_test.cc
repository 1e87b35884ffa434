#include "core/utf8.h"

#include <gtest/gtest.h>

namespace tendril {
namespace {

std::u32string code_points(std::string_view text) {
  std::u32string all;
  while (!text.empty()) {
    all += take_code_point(text);
  }
  return all;
}

TEST(Utf8, CodePointsAreTakenOneByOne) {
  EXPECT_EQ(code_points(""), U"");
  EXPECT_EQ(code_points("aé€😀"), U"aé€😀");
}

TEST(Utf8, ABrokenByteIsNoLetter) {
  EXPECT_EQ(code_points("\xE9t\xE9"), U"\uFFFDt\uFFFD");
  EXPECT_EQ(code_points("\xE2\x82"), U"\uFFFD\uFFFD");
  EXPECT_EQ(code_points("\xC0\xAF"), U"\uFFFD\uFFFD");
}

TEST(Utf8, CharactersAreCounted) {
  EXPECT_EQ(count_characters("aé€😀"), 4U);
  EXPECT_EQ(byte_of_character("aé€", 2), 3U);
  EXPECT_TRUE(is_utf8("aé"));
  EXPECT_FALSE(is_utf8("\xFF"));
}

}  // namespace
}  // namespace tendril

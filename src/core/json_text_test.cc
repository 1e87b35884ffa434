#include "core/json_text.h"

#include <gtest/gtest.h>

namespace tendril {
namespace {

std::string as_json(std::string_view text) {
  std::string out = "before";
  append_json_string(out, text);
  return out.substr(6);
}

TEST(JsonText, KeepsPlainText) {
  EXPECT_EQ(as_json(""), R"("")");
  EXPECT_EQ(as_json("a"), R"("a")");
  EXPECT_EQ(as_json("twelve bytes and some more, ~!"), R"("twelve bytes and some more, ~!")");
  EXPECT_EQ(as_json("\x7F"), "\"\x7F\"");
}

TEST(JsonText, EscapesWhereverItIsNeeded) {
  for (std::size_t before = 0; before < 20; ++before) {
    for (std::size_t after = 0; after < 20; ++after) {
      const std::string head(before, 'x');
      const std::string tail(after, 'y');
      const auto around = [&](std::string_view text) { return head + std::string(text) + tail; };
      EXPECT_EQ(as_json(around("\"")), '"' + around("\\\"") + '"');
      EXPECT_EQ(as_json(around("\\")), '"' + around("\\\\") + '"');
      EXPECT_EQ(as_json(around("\n")), '"' + around("\\n") + '"');
      EXPECT_EQ(as_json(around("\x1F")), '"' + around("\\u001f") + '"');
      EXPECT_EQ(as_json(around(std::string_view("\0", 1))), '"' + around("\\u0000") + '"');
      EXPECT_EQ(as_json(around("é€😀")), '"' + around("é€😀") + '"');
      EXPECT_EQ(as_json(around("\xFF")), '"' + around("\xEF\xBF\xBD") + '"');
    }
  }
}

TEST(JsonText, ReplacesEachByteThatIsNotUtf8) {
  EXPECT_EQ(as_json("\xE2\x82"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_EQ(as_json("\xC0\xAFx"), "\"\xEF\xBF\xBD\xEF\xBF\xBDx\"");
  EXPECT_EQ(as_json("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace tendril

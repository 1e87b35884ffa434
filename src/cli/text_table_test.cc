#include "cli/text_table.h"

#include <gtest/gtest.h>

namespace tendril {
namespace {

TEST(TextTable, AlignsColumns) {
  TextTable table({{"stream"}, {"rows", true}, {"status"}});

  table.add({"issues", "12,345", "done"});
  table.add({"größe", "7", ""});

  EXPECT_EQ(table.text(),
            "stream    rows  status\n"
            "------  ------  ------\n"
            "issues  12,345  done\n"
            "größe        7\n");
}

TEST(DisplayPrefix, NeverCutsACharacter) {
  EXPECT_EQ(display_prefix("größe", 3), "grö");
  EXPECT_EQ(display_prefix("abc", 9), "abc");
  EXPECT_EQ(display_prefix("abc", 0), "");
}

}  // namespace
}  // namespace tendril

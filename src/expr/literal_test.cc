// The expectations were checked against Python's ast.literal_eval.
#include "expr/literal.h"

#include <gtest/gtest.h>

#include "data/json.h"

namespace tendril {
namespace {

std::string read(std::string_view text) {
  const auto value = parse_literal(text);
  return value ? to_json(*value) : "text";
}

TEST(ParseLiteral, ReadsNumbers) {
  EXPECT_EQ(read("1"), "1");
  EXPECT_EQ(read("-1"), "-1");
  EXPECT_EQ(read("- 1"), "-1");
  EXPECT_EQ(read("+1"), "1");
  EXPECT_EQ(read(" 1 "), "1");
  EXPECT_EQ(read("\n1\n"), "1");
  EXPECT_EQ(read("1_000"), "1000");
  EXPECT_EQ(read("00"), "0");
  EXPECT_EQ(read("0x_1f"), "31");
  EXPECT_EQ(read("0b101"), "5");
  EXPECT_EQ(read("0O17"), "15");
  EXPECT_EQ(read("1."), "1.0");
  EXPECT_EQ(read(".5"), "0.5");
  EXPECT_EQ(read("1.e5"), "100000.0");
  EXPECT_EQ(read("1_0.0_1"), "10.01");
  EXPECT_EQ(read("1 # one"), "1");
  EXPECT_EQ(read("((1))"), "1");
  EXPECT_EQ(read("9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(read("99999999999999999999"), "99999999999999999999");
  EXPECT_EQ(read("-99999999999999999999"), "-99999999999999999999");
}

TEST(ParseLiteral, LeavesOtherTextsAlone) {
  for (const char* text : {"",           " ",        "abc",    "007",    "1__0",
                           "1_",         "_1",       "--1",    "-True",  ".",
                           "1e",         "1j",       "1.2.3",  "3px",    "2024-01-02",
                           "2024-10-12", "1 2",      "1;",     "0xg",    "0x",
                           "1,,2",       "(,)",      "[,]",    "(1",     "[1",
                           "{1",         "{1}",      "{'a'}",  "{**{}}", "'a",
                           "'a\nb'",     "'a'\n'b'", "b'a'",   "f'a'",   "true",
                           "null",       "inf",      "nan",    "...",    "Nothing",
                           "Truethy",    "'\\x4'",   "1 \n 2", "[1 2]",  "{'a': 1 'b': 2}",
                           "'a'.b",      "#",        "r"}) {
    EXPECT_EQ(read(text), "text") << text;
  }
  EXPECT_EQ(read(std::string_view("1\0", 2)), "text");
}

TEST(ParseLiteral, ReadsConstants) {
  EXPECT_EQ(read("None"), "null");
  EXPECT_EQ(read("True"), "true");
  EXPECT_EQ(read("False"), "false");
}

TEST(ParseLiteral, ReadsTexts) {
  EXPECT_EQ(read("'a'"), R"("a")");
  EXPECT_EQ(read(R"("it's")"), R"("it's")");
  EXPECT_EQ(read("'a' 'b'"), R"("ab")");
  EXPECT_EQ(read("('a'\n'b')"), R"("ab")");
  EXPECT_EQ(read(R"('\n\x41\u00e9\'')"), R"("\nAé'")");
  EXPECT_EQ(read(R"(r'\n')"), R"("\\n")");
  EXPECT_EQ(read("u'a'"), R"("a")");
  EXPECT_EQ(read("'''a\nb'''"), R"("a\nb")");
  EXPECT_EQ(read(R"("""{"a": 1}""")"), R"("{\"a\": 1}")");
}

TEST(ParseLiteral, ReadsContainers) {
  EXPECT_EQ(read("[]"), "[]");
  EXPECT_EQ(read("[1, 'a', [None]]"), R"([1,"a",[null]])");
  EXPECT_EQ(read("[1,\n2,]"), "[1,2]");
  EXPECT_EQ(read("()"), "[]");
  EXPECT_EQ(read("(1,)"), "[1]");
  EXPECT_EQ(read("1,2"), "[1,2]");
  EXPECT_EQ(read("1,"), "[1]");
  EXPECT_EQ(read("{}"), "{}");
  EXPECT_EQ(read("{'a': {'b': [True]}}"), R"({"a":{"b":[true]}})");
  EXPECT_EQ(read("{1: 2, None: 3, True: 4}"), R"({"1":2,"null":3,"true":4})");
  EXPECT_EQ(read("{'a': 1, 'b': 2, 'a': 3}"), R"({"a":3,"b":2})");
}

TEST(ParseLiteral, StopsAtDeepNesting) {
  EXPECT_EQ(read(std::string(100'000, '[')), "text");
  EXPECT_EQ(read(std::string(100'000, '(') + "1" + std::string(100'000, ')')), "text");
  EXPECT_EQ(read(std::string(50, '[') + std::string(50, ']')).size(), 100U);
}

TEST(MayBeLiteral, IsTrueForAllThatParses) {
  for (const char* text :
       {"1", "-1", " 'a'", "\n[1]", "None", "True", "False", "u'a'", "R'a'", "#\n1"}) {
    EXPECT_TRUE(may_be_literal(text)) << text;
  }
  for (const char* text : {"", "abc", "name", "https://x", "user", "Today", "{"}) {
    EXPECT_EQ(may_be_literal(text), std::string_view(text) == "{") << text;
  }
}

}  // namespace
}  // namespace tendril

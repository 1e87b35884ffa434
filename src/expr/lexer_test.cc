#include "expr/lexer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tendril {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// The texts of all tokens but the last, "" for the ends of tags.
std::vector<std::string> words(std::string_view source) {
  const auto tokens = tokenize(source);
  std::vector<std::string> texts;
  if (!tokens.ok()) {
    return {tokens.error().message};
  }
  for (const Token& token : *tokens) {
    if (token.kind != TokenKind::End) {
      texts.push_back(token.text);
    }
  }
  return texts;
}

std::string fault(std::string_view source) {
  const auto tokens = tokenize(source);
  return tokens.ok() ? "none" : tokens.error().message;
}

TEST(Lexer, CutsTextAndTags) {
  EXPECT_THAT(words("plain"), ElementsAre("plain"));
  EXPECT_THAT(words("a {{ b }} c"), ElementsAre("a ", "", "b", "", " c"));
  EXPECT_THAT(words("{{a}}{{b}}"), ElementsAre("", "a", "", "", "b", ""));
  EXPECT_THAT(words("a { b }} %} #} {"), ElementsAre("a { b }} %} #} {"));
  EXPECT_THAT(words("{% if a %}"), ElementsAre("", "if", "a", ""));
  EXPECT_THAT(words(""), ElementsAre());
}

TEST(Lexer, KeepsOffsets) {
  const auto tokens = tokenize("ab {{ x }}");

  ASSERT_TRUE(tokens.ok());
  EXPECT_EQ((*tokens)[1].offset, 3U);
  EXPECT_EQ((*tokens)[2].offset, 6U);
}

TEST(Lexer, ReadsOperatorsLongestFirst) {
  EXPECT_THAT(
      words("{{a//b**c==d!=e>=f<=g}}"),
      ElementsAre("", "a", "//", "b", "**", "c", "==", "d", "!=", "e", ">=", "f", "<=", "g", ""));
}

TEST(Lexer, ReadsNumbers) {
  EXPECT_THAT(words("{{ 1 1_000 0x1F 0b1 1.5 1e3 1.5e-3 00 }}"),
              ElementsAre("", "1", "1000", "0x1F", "0b1", "1.5", "1e3", "1.5e-3", "00", ""));
  EXPECT_THAT(words("{{ a.0.1 }}"), ElementsAre("", "a", ".", "0", ".", "1", ""));
  EXPECT_THAT(words("{{ 1.foo }}"), ElementsAre("", "1", ".", "foo", ""));
}

TEST(Lexer, ReadsQuotedTexts) {
  EXPECT_THAT(words(R"({{ 'a"b' "c'd" '\'' '}}' }})"),
              ElementsAre("", "a\"b", "c'd", "'", "}}", ""));
  EXPECT_THAT(words(R"({{ '\n\x41\u00e9\d' }})"), ElementsAre("", "\nA\u00e9\\d", ""));
}

TEST(Lexer, EndsATagOnlyOutsideOfBrackets) {
  EXPECT_THAT(words("{{ {'a': {}}['a'] }}x"),
              ElementsAre("", "{", "a", ":", "{", "}", "}", "[", "a", "]", "", "x"));
  EXPECT_THAT(words("{{ {}}}"), ElementsAre("", "{", "}", ""));
}

TEST(Lexer, TakesWhiteSpaceAwayAtADash) {
  EXPECT_THAT(words("x {{- 1 -}} \n y"), ElementsAre("x", "", "1", "", "y"));
  EXPECT_THAT(words("x {%- if 1 +%} y"), ElementsAre("x", "", "if", "1", "", " y"));
  EXPECT_THAT(words("a {#- c -#} b"), ElementsAre("a", "b"));
}

TEST(Lexer, TakesOneNewLineOffTheEnd) {
  EXPECT_THAT(words("a\n"), ElementsAre("a"));
  EXPECT_THAT(words("a\n\n"), ElementsAre("a\n"));
  EXPECT_THAT(words("a\r\nb\r\n"), ElementsAre("a\nb"));
}

TEST(Lexer, LeavesCommentsOut) { EXPECT_THAT(words("a{# {{ x }} #}b"), ElementsAre("a", "b")); }

TEST(Lexer, KeepsRawSectionsAsText) {
  EXPECT_THAT(words("{% raw %}{{ x }}{% endraw %}y"), ElementsAre("{{ x }}", "y"));
  EXPECT_THAT(words("{%- raw -%}  a {%- endraw -%} b"), ElementsAre("a", "b"));
  EXPECT_THAT(words("{% raw %}{% if %}{% endraw %}"), ElementsAre("{% if %}"));
}

TEST(Lexer, NamesWhatIsBroken) {
  EXPECT_THAT(fault("a\nb {{ x"), HasSubstr("output \"{{\" is not closed at line 2, column 3"));
  EXPECT_THAT(fault("{% x"), HasSubstr("statement \"{%\" is not closed"));
  EXPECT_THAT(fault("{# x"), HasSubstr("comment \"{#\" is not closed"));
  EXPECT_THAT(fault("{{ 'x }}"), HasSubstr("quoted text is not closed at line 1, column 4"));
  EXPECT_THAT(fault("{{ (] }}"), HasSubstr("bracket \"]\" closes nothing"));
  EXPECT_THAT(fault("{{ ) }}"), HasSubstr("bracket \")\" closes nothing"));
  EXPECT_THAT(fault("{{ a $ b }}"),
              HasSubstr("character is not part of the language at line 1, column 6"));
  EXPECT_THAT(fault("{{ 007 }}"), HasSubstr("integer starts with a zero"));
  EXPECT_THAT(fault("{{ '\\x4' }}"), HasSubstr("broken escape"));
  EXPECT_THAT(fault("{% raw %} x"), HasSubstr("has no \"{% endraw %}\""));
}

TEST(IsPlainText, LooksForTags) {
  EXPECT_TRUE(is_plain_text(""));
  EXPECT_TRUE(is_plain_text("a { b } {"));
  EXPECT_FALSE(is_plain_text("a {{ b }}"));
  EXPECT_FALSE(is_plain_text("{# #}"));
  EXPECT_FALSE(is_plain_text("{{{%"));
}

}  // namespace
}  // namespace tendril

// No template can hang or crash the program.
#include "expr/limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "expr/fixed_clock.h"
#include "expr/template.h"

namespace tendril {
namespace {

using testing::HasSubstr;

std::string repeated(std::string_view part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) {
    text += part;
  }
  return text;
}

// The fault of a template, or what it evaluates to.
std::string outcome(const std::string& source) {
  const Scope scope({"config"});
  const FixedClock clock;
  const Context context(scope, clock);
  const auto compiled = Template::compile(source, scope);
  if (!compiled.ok()) {
    return compiled.error().message;
  }
  const auto value = compiled->evaluate(context);
  return value.ok() ? to_json(*value) : value.error().message;
}

std::string expression(const std::string& text) { return "{{ " + text + " }}"; }

TEST(Limits, StopNestingOfTemplates) {
  constexpr int kTimes = 10'000;
  constexpr std::pair<const char*, const char*> kBrackets[] = {
      {"(", ")"}, {"[", "]"}, {"{1:", "}"}, {"max(", ")"}, {"config[", "]"}, {"config.get(", ")"}};
  for (const auto& [open, close] : kBrackets) {
    EXPECT_THAT(outcome(expression(repeated(open, kTimes) + "1" + repeated(close, kTimes))),
                HasSubstr("nested too deeply"))
        << open;
  }
  for (const char* part : {"-", "not ", "1 if 1 else "}) {
    EXPECT_THAT(outcome(expression(repeated(part, kTimes) + "1")), HasSubstr("nested too deeply"))
        << part;
  }
  for (const char* part :
       {" + 1", " or 1", " | abs", ".a", "[0]", " ** 1", " and 1", "()", " if 1"}) {
    EXPECT_THAT(outcome(expression("config" + repeated(part, kTimes))),
                HasSubstr("nested too deeply"))
        << part;
  }
  EXPECT_THAT(outcome(repeated("{% if 1 %}", kTimes)), HasSubstr("nested too deeply"));
  EXPECT_THAT(outcome("{% if 1 %}" + repeated("{% elif 1 %}", kTimes)),
              HasSubstr("nested too deeply"));
  EXPECT_THAT(outcome(repeated("{% for a in b %}", kTimes)), HasSubstr("nested too deeply"));
}

TEST(Limits, AllowUsualNesting) {
  EXPECT_EQ(outcome(expression(repeated("(", 50) + "1" + repeated(")", 50))), "1");
  EXPECT_EQ(outcome(expression("1" + repeated(" + 1", 100))), "101");
}

TEST(Limits, AllowLongFlatTemplates) {
  EXPECT_EQ(outcome(expression("[" + repeated("1,", 100'000) + "] | length")), "100000");
  EXPECT_EQ(outcome(expression("'a'" + repeated(" ~ 'a'", 10'000))).size(), 10'003U);
}

TEST(Limits, StopTheTemplateItself) {
  EXPECT_THAT(outcome(std::string(kTemplateBytesMax + 1, 'a')), HasSubstr("too long"));
}

TEST(Limits, StopTexts) {
  EXPECT_THAT(outcome("{{ 'a' * 1000000000 }}"), HasSubstr("text is too long"));
  EXPECT_THAT(outcome("{{ 'a' * 1000000 ~ 'b' * 1000000 }}"), HasSubstr("text is too long"));
  EXPECT_THAT(outcome("{{ 'a' | center(1000000000) }}"), HasSubstr("too long"));
  EXPECT_THAT(outcome("{{ '%1000000000d' % 1 }}").size(), testing::Lt(20'000U));
  EXPECT_THAT(outcome("{{ ('a' * 1000000).replace('a', 'bbbbb') }}"),
              HasSubstr("text is too long"));
  EXPECT_THAT(outcome("{{ ('a' * 900000) | regex_replace('a', 'bbbbbbbbbb') }}"),
              HasSubstr("too long"));
  EXPECT_THAT(outcome("{% set l = ['a' * 1000] * 10000 %}{{ l }}"), HasSubstr("text is too long"));
  EXPECT_THAT(outcome("{% set l = ['a' * 1000] * 10000 %}{{ l | join }}"),
              HasSubstr("text is too long"));
  EXPECT_THAT(outcome("{% set l = ['a' * 1000] * 10000 %}{{ l | tojson }}"),
              HasSubstr("too large"));
  EXPECT_THAT(outcome("{{ (' ' * 1000000) | urlencode | urlencode }}"),
              HasSubstr("text is too long"));
}

TEST(Limits, StopLists) {
  EXPECT_THAT(outcome("{{ ([1] * 1000000000) | length }}"), HasSubstr("list is too long"));
  EXPECT_THAT(outcome("{{ ([1] * 1000000 + [1] * 1000000) | length }}"),
              HasSubstr("list is too long"));
}

TEST(Limits, StopLoops) {
  const std::string loop = "{% for a in [1] * 10000 %}{% for b in [1] * 10000 %}";
  const std::string end = "{% endfor %}{% endfor %}";
  EXPECT_THAT(outcome(loop + end), HasSubstr("too m"));
  EXPECT_THAT(outcome(loop + std::string(500, 'x') + end), HasSubstr("output is too long"));
  EXPECT_THAT(outcome("{% set l = [1] %}{% for a in l %}{% set _ = l.append(a) %}{% endfor %}"),
              HasSubstr("too"));
  EXPECT_THAT(
      outcome("{% set l = ['a' * 1000000] * 1000 %}{% for a in l %}{% if a | upper | lower == a %}"
              "{% endif %}{% endfor %}"),
      HasSubstr("too"));
}

TEST(Limits, StopMemory) {
  EXPECT_THAT(outcome("{% set ns = namespace(l=[]) %}{% for a in [1] * 10000 %}"
                      "{% set ns.l = [ns.l + [1] * 100000] %}{% endfor %}"),
              HasSubstr("too"));
  EXPECT_THAT(outcome("{{ (['a' * 1000] * 1000) | sum(start='') | length }}"), HasSubstr("too"));
}

TEST(Limits, StopNestingOfData) {
  const std::string nest =
      "{% set ns = namespace(l=[]) %}{% for a in [1] * 100000 %}"
      "{% set ns.l = [ns.l] %}{% endfor %}";
  EXPECT_THAT(outcome(nest + "{{ ns.l }}"), HasSubstr("nested too deeply"));
  EXPECT_THAT(outcome(nest + "{{ ns.l == [ns.l] }}"), HasSubstr("nested too deeply"));
  EXPECT_THAT(outcome(nest + "{{ ns.l | tojson }}"), HasSubstr("too large"));
  EXPECT_THAT(outcome(nest + "{{ ns.l < [ns.l] }}"), HasSubstr("nested too deeply"));
  EXPECT_THAT(outcome("{% set l = [] %}{% set _ = l.append(l) %}{{ l }}"),
              HasSubstr("nested too deeply"));
}

TEST(Limits, StopNumbers) {
  EXPECT_THAT(outcome("{{ 10 ** 1000000000 }}"), HasSubstr("number is too large"));
  EXPECT_THAT(outcome("{{ 10 ** 30 * 10 ** 30 }}"), HasSubstr("number is too large"));
  EXPECT_THAT(outcome("{{ 10.0 ** 400 }}"), HasSubstr("number is too large"));
  EXPECT_EQ(outcome("{{ 9223372036854775807 + 1 }}"), "9223372036854775808");
  EXPECT_EQ(outcome("{{ -9223372036854775807 - 2 }}"), "-9223372036854775809");
  EXPECT_EQ(outcome("{{ (-9223372036854775807 - 1) // -1 }}"), "9223372036854775808");
  EXPECT_EQ(outcome("{{ (-9223372036854775807 - 1) % -1 }}"), "0");
  EXPECT_THAT(outcome("{{ 1 // 0 }}"), HasSubstr("division by zero"));
  EXPECT_THAT(outcome("{{ 1.0 % 0 }}"), HasSubstr("division by zero"));
  EXPECT_THAT(outcome("{{ day_delta(9223372036854775807) }}"), HasSubstr("too large"));
  EXPECT_THAT(outcome("{{ duration('P1D') * 9223372036854775807 }}"), HasSubstr("too long"));
}

}  // namespace
}  // namespace tendril

// What each kind of value makes, one row at a time.
#include "sandbox/generator.h"

#include <memory>
#include <set>
#include <string>

#include <fmt/core.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json_text.h"
#include "sandbox/shop_sandbox.h"

namespace tendril {
namespace {

using testing::AnyOf;
using testing::MatchesRegex;

// Things of two boxes, with a field `value` as the test says.
class Things {
 public:
  explicit Things(const std::string& value, std::uint64_t seed = 1) {
    const std::string yaml = fmt::format(R"yaml(
name: things
past: {{start: 2024-01-01T00:00:00Z, now: 2024-03-01T00:00:00Z}}
errors: {{not_found: {{status: 404, body: 0}}, server_error: {{status: 500, body: 0}}}}
entities:
  box: {{count: 2, fields: {{id: {{$sequence: {{start: 1}}}}, colour: {{$cycle: [red, blue]}}}}}}
  thing:
    parent: box
    count: {{per_parent: 100}}
    timeline: {{within: box, shuffle: 9}}
    on_update: [value]
    fields: {{id: {{$sequence: {{}}}}, size: 7, flag: true, "name": "Ünï \"q\" {{id}}", nothing: null, value: {}}}
  part: {{parent: thing, count: {{per_record: 1}}, fields: {{id: {{$sequence: {{}}}}, kind: {{$pick: [a, b]}}}}}}
routes: [{{path: /things, list: thing}}]
)yaml",
                                         value);
    auto compiled = compile_sandbox(yaml);
    EXPECT_TRUE(compiled.ok()) << (compiled.ok() ? "" : compiled.error().message);
    sandbox_ = *compiled;
    world_ = std::make_unique<World>(Population(sandbox_->plans, {.seed = seed,
                                                                  .records = 300,
                                                                  .start_us = sandbox_->start_us,
                                                                  .now_us = sandbox_->now_us}),
                                     sandbox_->now_us);
    facts_.set_base_url("http://here");
  }

  std::string json(std::uint64_t index, Form form = Form::Json) const {
    std::string out;
    value().append(out, Scene{*world_, facts_, Row{1, index}}, form);
    return out;
  }

  std::set<std::string> all() const {
    std::set<std::string> values;
    for (std::uint64_t i = 0; i < 200; ++i) {
      values.insert(json(i));
      EXPECT_TRUE(parse_json(json(i)).ok()) << json(i);
    }
    return values;
  }

  const Generator& value() const { return *sandbox_->entities[1].members.find("value"); }
  World& world() { return *world_; }

 private:
  std::shared_ptr<const CompiledSandbox> sandbox_;
  std::unique_ptr<World> world_;
  Facts facts_;
};

std::string value_of(const std::string& yaml, std::uint64_t index = 3) {
  return Things(yaml).json(index);
}

TEST(Generator, PatternsKeepTheTypeOfALonePlaceholder) {
  EXPECT_EQ(value_of("\"{size}\""), "7");
  EXPECT_EQ(value_of("\"{flag}\""), "true");
  EXPECT_EQ(value_of("\"{nothing}\""), "null");
  EXPECT_EQ(value_of("\"{size} \""), "\"7 \"");
  EXPECT_EQ(value_of("\"<{nothing}>\""), "\"<>\"");
}

TEST(Generator, PatternsQuoteAndTransform) {
  EXPECT_EQ(value_of("\"{name}!\""), R"("Ünï \"q\" 3!")");
  EXPECT_EQ(value_of("\"{name|slug}/{box.colour|upper}/{size|base64}/{name|url}\""),
            R"("n-q-3/RED/Nw==/%C3%9Cn%C3%AF%20%22q%22%203")");
  EXPECT_EQ(value_of("\"{{{id}}}{base_url}\""), R"("{3}http://here")");
}

TEST(Generator, QuotesWhateverComes) {
  for (const char* tricky :
       {"", "plain", "12345678", "1234567\"", "quote\"", "back\\slash", "tab\tnew\nline", "ünï",
        "\x01", "longer than eight bytes and then \x1f", "\xff broken"}) {
    std::string quoted = "before";
    quoted += tricky;
    quote_from(quoted, 6);
    std::string expected = "before";
    append_json_string(expected, tricky);
    EXPECT_EQ(quoted, expected);
  }
}

TEST(Generator, NumbersRise) {
  EXPECT_EQ(value_of("{$sequence: {start: 5000000000, step: 7}}"), "5000000021");
  EXPECT_EQ(value_of("{$position: {start: 1}}", 103), "4") << "the boxes count apart";
}

TEST(Generator, NumbersStayWithinBounds) {
  for (const std::string& number : Things("{$int: {min: -2, max: 2}}").all()) {
    EXPECT_THAT(number, AnyOf("-2", "-1", "0", "1", "2"));
  }
  EXPECT_EQ(Things("{$int: {min: -2, max: 2}}").all().size(), 5U);
  EXPECT_THAT(value_of("{$decimal: {min: 1, max: 9, places: 3}}"),
              MatchesRegex("[1-9]\\.[0-9][0-9][0-9]"));
}

TEST(Generator, ChoicesFollowTheirWeights) {
  const Things things("{$pick: {values: [rare, often, never], weights: [1, 9, 0]}}");
  int rare = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    EXPECT_NE(things.json(i), "\"never\"");
    rare += things.json(i) == "\"rare\"" ? 1 : 0;
  }
  EXPECT_GT(rare, 5);
  EXPECT_LT(rare, 45);
  EXPECT_EQ(Things("{$chance: 0.5}").all(), (std::set<std::string>{"true", "false"}));
  EXPECT_EQ(Things("{$maybe: {chance: 0.5, value: 1, else: x}}").all(),
            (std::set<std::string>{"1", "\"x\""}));
}

TEST(Generator, ConditionsReadOtherFields) {
  EXPECT_EQ(value_of("{$if: {value: \"{size}\", is: [6, 7], then: yes, else: no}}"), "\"yes\"");
  EXPECT_EQ(value_of("{$if: {value: \"{nothing}\", is: x, then: yes}}"), "null");
  EXPECT_EQ(value_of("{a: {$omit: true}, b: {$if: {value: \"{flag}\", is: \"true\", then: {$omit: "
                     "true}}}, c: 1}"),
            R"({"c":1})");
}

TEST(Generator, CyclesStayUnique) {
  EXPECT_EQ(value_of("{$cycle: [x, y]}", 1), "\"y\"");
  EXPECT_EQ(value_of("{$cycle: [x, y]}", 103), "\"y-2\"");
  EXPECT_EQ(Things("{$cycle: [x, y]}").all().size(), 100U);
}

TEST(Generator, ListsHoldDifferentItems) {
  EXPECT_THAT(value_of("{$list: {min: 2, max: 2, of: {$hex: 4}}}"),
              MatchesRegex("\\[\"[0-9a-f]{4}\",\"[0-9a-f]{4}\"\\]"));
  const Value list = *parse_json(value_of("{$list: {min: 2, max: 2, of: {$hex: 8}}}"));
  EXPECT_NE((*list.as_list())[0], (*list.as_list())[1]);
}

TEST(Generator, TextsAndCodesHaveTheirShape) {
  EXPECT_THAT(
      value_of("{$uuid: true}"),
      MatchesRegex("\"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\""));
  EXPECT_THAT(value_of("{$hex: 40}"), MatchesRegex("\"[0-9a-f]{40}\""));
  EXPECT_THAT(value_of("{$letters: 9}"), MatchesRegex("\"[0-9A-Za-z]{9}\""));
  EXPECT_THAT(value_of("{$words: {min: 3, max: 3}}"), MatchesRegex("\"[a-z]+ [a-z]+ [a-z]+\""));
  EXPECT_THAT(value_of("{$title: {min: 1, max: 1}}"), MatchesRegex("\"[A-Z][a-z]+\""));
  EXPECT_GT(Things("{$text: {min: 1, max: 5}}").all().size(), 190U);
  EXPECT_GT(Things("{$uuid: true}").all().size(), 199U);
}

TEST(Generator, TimesComeInManySpellings) {
  const auto formatted = [](const std::string& format) {
    return value_of("{$time: {of: now, plus: P1D, format: " + format + "}}");
  };
  EXPECT_EQ(formatted("iso"), "\"2024-03-02T00:00:00Z\"");
  EXPECT_EQ(formatted("iso_millis"), "\"2024-03-02T00:00:00.000Z\"");
  EXPECT_EQ(formatted("iso_offset"), "\"2024-03-02T00:00:00.000+0000\"");
  EXPECT_EQ(formatted("date"), "\"2024-03-02\"");
  EXPECT_EQ(formatted("seconds"), "1709337600");
  EXPECT_EQ(formatted("millis"), "1709337600000");
  EXPECT_EQ(formatted("seconds_text"), "\"1709337600.000000\"");
}

TEST(Generator, RelationsPointInsideTheirScope) {
  EXPECT_EQ(value_of("{$ancestor: {of: box}}"), R"({"id":1,"colour":"red"})");
  EXPECT_EQ(Things("\"{box.colour}\"").json(150), "\"blue\"");
  EXPECT_EQ(value_of("{$previous: \"{id}\"}"), "2");
  EXPECT_EQ(value_of("[{$previous: \"{id}\"}]", 100), "[]") << "the first of its box";
  const Things parts("{$count: {of: part}}");
  const Things kinds(
      "{a: {$count: {of: part, where: kind, is: a}}, b: {$count: {of: part, where: kind, is: b}}}");
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Value counts = *parse_json(kinds.json(i));
    EXPECT_EQ(std::to_string(*counts.find("a")->as_int() + *counts.find("b")->as_int()),
              parts.json(i));
  }
  const std::set<std::string> children =
      Things("[{$child: {of: part, then: \"{thing.id}\"}}]").all();
  EXPECT_EQ(children.count("[]"), 1U) << "some have none";
  EXPECT_GT(children.size(), 100U);
}

TEST(Generator, DependsOnSeedRowAndVersionOnly) {
  Things things("{$text: {min: 3, max: 5}}");
  const std::string before = things.json(5);
  const std::string neighbour = things.json(6);
  EXPECT_EQ(before, Things("{$text: {min: 3, max: 5}}").json(5));
  EXPECT_NE(before, Things("{$text: {min: 3, max: 5}}", 2).json(5));
  things.world().changes(1).update(5, things.world().now_us());
  EXPECT_NE(things.json(5), before) << "it is named in on_update";
  EXPECT_EQ(things.json(6), neighbour);
}

}  // namespace
}  // namespace tendril

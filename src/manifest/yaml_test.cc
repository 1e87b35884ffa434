#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "manifest/node.h"

namespace tendril {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string json_of(std::string_view yaml) {
  const Result<Node> node = parse_yaml(yaml, "m.yaml");
  return node.ok() ? to_json(to_value(*node)) : "error: " + node.error().message;
}

std::string error_of(std::string_view yaml) {
  const Result<Node> node = parse_yaml(yaml, "m.yaml");
  return node.ok() ? "no error" : node.error().message;
}

TEST(Yaml, ReadsScalarsByTheCoreSchema) {
  struct Case {
    std::string yaml;
    std::string json;
  };
  const Case cases[] = {
      {"abc", R"("abc")"},
      {"'12'", R"("12")"},
      {"\"true\"", R"("true")"},
      {"true", "true"},
      {"False", "false"},
      {"yes", R"("yes")"},
      {"null", "null"},
      {"~", "null"},
      {"", "null"},
      {"''", R"("")"},
      {"12", "12"},
      {"-12", "-12"},
      {"+12", "12"},
      {"007", "7"},
      {"0x1F", "31"},
      {"0o17", "15"},
      {"0x", R"("0x")"},
      {"0x-1", R"("0x-1")"},
      {"-", "[null]"},
      {"\xEF\xBB\xBF"
       "a: 1",
       R"({"a":1})"},
      {"a: \"x\\\"y\"\n", R"({"a":"x\"y"})"},
      {"a: 'it''s'\n", R"({"a":"it's"})"},
      {"9223372036854775807", "9223372036854775807"},
      {"123456789012345678901234567890", "123456789012345678901234567890"},
      {"1.5", "1.5"},
      {"-.5", "-0.5"},
      {"1e3", "1000.0"},
      {"1.2.3", R"("1.2.3")"},
      {"2024-01-02", R"("2024-01-02")"},
      {"1_000", R"("1_000")"},
      {".inf", "null"},
      {"infinity", R"("infinity")"},
      {"{{ config['a'] }}", R"("error")"},
      {"!!str 12", R"("12")"},
      {"|\n  a\n  b\n", R"("a\nb\n")"},
      {">-\n  a\n  b\n", R"("a b")"},
      {"{a: 1, b: [x, 'y']}", R"({"a":1,"b":["x","y"]})"},
      {"200: ok\ntrue: x\n~: y\n", R"({"200":"ok","true":"x","null":"y"})"},
  };

  for (const Case& each : cases) {
    const std::string json = json_of(each.yaml);
    if (each.json == R"("error")") {
      EXPECT_THAT(json, StartsWith("error: m.yaml:1:")) << each.yaml;
    } else {
      EXPECT_EQ(json, each.json) << each.yaml;
    }
  }
}

TEST(Yaml, OfEqualKeysTheLastCountsAtThePlaceOfTheFirst) {
  EXPECT_EQ(json_of("a: 1\nb: 2\na: 3\na: 4\n"), R"({"a":4,"b":2})");
}

TEST(Yaml, PutsAliasesInPlace) {
  EXPECT_EQ(json_of("a: &x {k: 1}\nb: *x\nc: [*x]\n"),
            R"({"a":{"k":1},"b":{"k":1},"c":[{"k":1}]})");
  EXPECT_EQ(json_of("a: &x 1\nb: *x\n"), R"({"a":1,"b":1})");
}

TEST(Yaml, TellsWhatIsWrongAndWhere) {
  struct Case {
    std::string_view yaml;
    std::string where;
    std::string what;
  };
  const Case cases[] = {
      {"a: [1, 2\nb: 3\n", "m.yaml:2:", "flow"},
      {"a: 1\n  b: 2\n", "m.yaml:2:", ""},
      {"a: \"x\n", "m.yaml:1:4", "a quoted text has no end"},
      {"a: 'x''\nb: 1\n", "m.yaml:1:4", "a quoted text has no end"},
      {"\xC3\xA9: \"x\\\"\n", "m.yaml:1:5", "a quoted text has no end"},
      {"a: 1\nb: \xFF\n", "m.yaml:2", "the file is not UTF-8"},
      {std::string_view("a\0b", 3), "m.yaml:1", "the file is not UTF-8"},
      {"a: *nowhere\n", "m.yaml:1:4", "the referenced anchor is not defined"},
      {"a: &x [*x]\n", "m.yaml:1:8", "an alias can not stand inside what it names"},
      {"a: !!int 1\n", "m.yaml:1:4", "this tag is not supported: tag:yaml.org,2002:int"},
      {"a: !thing {b: 1}\n", "m.yaml:1:4", "this tag is not supported: !thing"},
      {"<<: {a: 1}\n", "m.yaml:1:1", "merge keys are not supported, use $ref"},
      {"? [a]\n: 1\n", "m.yaml:1:3", "a key must be a text"},
      {"a: &x b\n*x : 1\n", "m.yaml:2:1", "a key must be a text"},
      {", -a", "m.yaml:1:1", "this does not go on with what stands before it"},
      {"- a\nb: c\n", "m.yaml:2:1", "this does not go on with what stands before it"},
      {"a: 1\n---\nb: 2\n", "m.yaml:2:1", "only one document is allowed in a file"},
  };

  for (const Case& each : cases) {
    EXPECT_THAT(error_of(each.yaml), StartsWith(each.where)) << each.yaml;
    EXPECT_THAT(error_of(each.yaml), HasSubstr(each.what)) << each.yaml;
  }
}

TEST(Yaml, BoundsWhatADocumentMayHold) {
  const std::string deep =
      std::string(kYamlDepthMax + 1, '[') + std::string(kYamlDepthMax + 1, ']');
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 8; ++level) {
    const std::string below = "*a" + std::to_string(level - 1);
    bomb += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [";
    for (int copy = 0; copy < 10; ++copy) {
      bomb += (copy == 0 ? "" : ", ") + below;
    }
    bomb += "]\n";
  }

  EXPECT_THAT(error_of(deep), HasSubstr("nested too deeply"));
  EXPECT_THAT(error_of(bomb), HasSubstr("the document is too large"));
  EXPECT_THAT(error_of(std::string(kYamlBytesMax + 1, ' ')), HasSubstr("the file is too large"));
}

TEST(Yaml, RemembersWhereEachNodeStands) {
  const Node root = parse_yaml("a:\n  - b: 1\n    c: {d: x}\n", "m.yaml").value();

  const Node& item = root.find("a")->items[0];

  EXPECT_EQ(to_string(item.position), "m.yaml:2:5");
  EXPECT_EQ(item.key_path, "a.0");
  EXPECT_EQ(to_string(item.find("c")->find("d")->position), "m.yaml:3:12");
  EXPECT_EQ(item.find("c")->find("d")->key_path, "a.0.c.d");
}

}  // namespace
}  // namespace tendril

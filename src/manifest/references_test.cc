#include "manifest/references.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"

namespace tendril {
namespace {

using testing::HasSubstr;

Result<Node> resolved(std::string_view yaml) {
  const Node written = parse_yaml(yaml, "m.yaml").value();
  return resolve_references(written);
}

std::string json_of(std::string_view yaml) {
  const Result<Node> root = resolved(yaml);
  return root.ok() ? to_json(to_value(*root)) : "error: " + root.error().message;
}

TEST(References, AreReplacedByWhatTheyName) {
  struct Case {
    std::string yaml;
    std::string json;
  };
  const Case cases[] = {
      {"definitions: {a: {b: 1}}\nx: {$ref: '#/definitions/a'}\n", R"({"x":{"b":1}})"},
      {"definitions: {a: {b: 1}}\nx: '#/definitions/a/b'\n", R"({"x":1})"},
      {"definitions: {a: [p, q]}\nx: '#/definitions/a/1'\n", R"({"x":"q"})"},
      {"definitions: {a: {b: 1}}\nx: [{$ref: '#/definitions/a'}, '#/definitions/a']\n",
       R"({"x":[{"b":1},{"b":1}]})"},
      // Members beside $ref win, and shallowly.
      {"definitions: {a: {b: {c: 1}, d: 2}}\nx: {$ref: '#/definitions/a', b: {e: 3}, f: 4}\n",
       R"({"x":{"b":{"e":3},"d":2,"f":4}})"},
      // What is named may hold references, and be one.
      {"definitions: {a: {$ref: '#/definitions/b', c: 2}, b: {c: 1, d: '#/definitions/e'}, e: 5}\n"
       "x: {$ref: '#/definitions/a'}\n",
       R"({"x":{"c":2,"d":5}})"},
      {"definitions: {a: '#/definitions/b', b: 7}\nx: {$ref: '#/definitions/a'}\n", R"({"x":7})"},
      // The whole rest of a path is tried as a key before its first part.
      {"n: {path: first}\nn/path: second\nx: '#/n/path'\n",
       R"({"n":{"path":"first"},"n/path":"second","x":"second"})"},
      {"definitions: {'a/b': 1, a: {b: 2}}\nx: '#/definitions/a/b'\n", R"({"x":1})"},
      {"definitions: {a: {'b/c': {d: 3}}}\nx: '#/definitions/a/b/c'\n", R"({"x":{"d":3}})"},
      // A null can be named; text that only looks like a reference stays.
      {"definitions: {a: null}\nx: '#/definitions/a'\n", R"({"x":null})"},
      {"x: '#anchor'\ny: 'see #/a'\n", R"({"x":"#anchor","y":"see #/a"})"},
      {"schemas: {s: {type: object}}\nmetadata: {m: 1}\nx: {schema: {$ref: '#/schemas/s'}}\n",
       R"({"x":{"schema":{"type":"object"}}})"},
  };

  for (const Case& each : cases) {
    EXPECT_EQ(json_of(each.yaml), each.json) << each.yaml;
  }
}

TEST(References, ThatCanNotBeFollowedAreErrorsWhereTheyStand) {
  struct Case {
    std::string yaml;
    std::string message;
  };
  const Case cases[] = {
      {"x:\n  y: '#/definitions/a'\n",
       "m.yaml:2:6: x.y: a reference names nothing: #/definitions/a"},
      {"a: [1]\nx: '#/a/1'\n", "m.yaml:2:4: x: a reference names nothing: #/a/1"},
      {"a: 1\nx: '#/a/b'\n", "m.yaml:2:4: x: a reference names nothing: #/a/b"},
      {"x: {$ref: other.yaml}\n",
       "m.yaml:1:11: x.$ref: a reference must be a text that starts with #/"},
      {"x: {$ref: [1]}\n", "m.yaml:1:11: x.$ref: a reference must be a text that starts with #/"},
      {"definitions:\n  a: {b: '#/definitions/a'}\nx: '#/definitions/a'\n",
       "m.yaml:2:10: definitions.a.b: a reference leads back to itself: #/definitions/a"},
      {"definitions: {a: '#/definitions/b', b: '#/definitions/a'}\nx: '#/definitions/a'\n",
       "m.yaml:1:40: definitions.b: a reference leads back to itself: #/definitions/a"},
      {"x: '#/'\n", "m.yaml:1:4: x: a reference leads back to itself: #/"},
  };

  for (const Case& each : cases) {
    EXPECT_EQ(json_of(each.yaml), "error: " + each.message) << each.yaml;
  }
}

TEST(References, InDefinitionsThatNobodyUsesAreNotFollowed) {
  EXPECT_EQ(json_of("definitions: {a: '#/nowhere'}\nx: 1\n"), R"({"x":1})");
}

TEST(References, KeepThePlaceWhereAThingWasWritten) {
  const Node root = resolved(
                        "definitions:\n"
                        "  base:\n"
                        "    url: u\n"
                        "x:\n"
                        "  $ref: '#/definitions/base'\n"
                        "y:\n"
                        "  $ref: '#/definitions/base'\n"
                        "  path: p\n")
                        .value();

  EXPECT_EQ(to_string(root.find("x")->position), "m.yaml:3:5");
  EXPECT_EQ(to_string(root.find("x")->find("url")->position), "m.yaml:3:10");
  EXPECT_EQ(to_string(root.find("y")->position), "m.yaml:7:3");
  EXPECT_EQ(to_string(root.find("y")->find("url")->position), "m.yaml:3:10");
  EXPECT_EQ(to_string(root.find("y")->find("path")->position), "m.yaml:8:9");
}

TEST(References, CanNotBlowUpTheTree) {
  std::string wide = "definitions:\n  a0: [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 8; ++level) {
    const std::string ref = "'#/definitions/a" + std::to_string(level - 1) + "'";
    wide += "  a" + std::to_string(level) + ": [";
    for (int copy = 0; copy < 10; ++copy) {
      wide += (copy == 0 ? "" : ", ") + ref;
    }
    wide += "]\n";
  }
  std::string chain = "definitions:\n  a0: 1\n";
  for (int link = 1; link < 200; ++link) {
    chain += "  a" + std::to_string(link) + ": '#/definitions/a" + std::to_string(link - 1) + "'\n";
  }
  std::string deep = "definitions:\n  a0: 1\n";
  for (int link = 1; link < 99; ++link) {
    deep += "  a" + std::to_string(link) + ": [[['#/definitions/a" + std::to_string(link - 1) +
            "']]]\n";
  }

  EXPECT_THAT(json_of(wide + "x: '#/definitions/a7'\n"), HasSubstr("grows too large"));
  EXPECT_THAT(json_of(chain + "x: '#/definitions/a199'\n"), HasSubstr("too often"));
  EXPECT_THAT(json_of(deep + "x: '#/definitions/a98'\n"), HasSubstr("grows too deep"));
}

}  // namespace
}  // namespace tendril

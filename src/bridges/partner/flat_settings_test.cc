#include "bridges/partner/flat_settings.h"

#include <gmock/gmock.h>

#include "data/json.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using testing::HasSubstr;

const char* const kSchema = R"({"properties":{
  "token":{"type":"string"},
  "days":{"type":"integer"},
  "ratio":{"type":["number","null"]},
  "deep":{"type":"boolean"},
  "names":{"type":"array","items":{"type":"string"}},
  "a.b":{"type":"integer"},
  "more":{"type":"object"},
  "login":{"oneOf":[
    {"properties":{"kind":{"const":"key"},"key":{"type":"string"}}},
    {"properties":{"kind":{"const":"pair"},"port":{"type":"integer"}}}]}}})";

// The configuration as JSON, or the error's message.
std::string nested(const FlatSettings& settings, const char* defaults = "{}") {
  const Result<Value> config =
      nested_configuration(settings, parse_json(kSchema).value(), parse_json(defaults).value());
  return config.ok() ? to_json(*config) : config.error().message;
}

TEST(FlatSettings, AreOfTheTypesOfTheSchema) {
  EXPECT_EQ(nested({{"token", "123"}}), R"({"token":"123"})");
  EXPECT_EQ(nested({{"days", "7"}}), R"({"days":7})");
  EXPECT_EQ(nested({{"ratio", "0.5"}}), R"({"ratio":0.5})");
  EXPECT_EQ(nested({{"deep", "true"}}), R"({"deep":true})");
  EXPECT_EQ(nested({{"deep", "False"}}), R"({"deep":false})");
  EXPECT_EQ(nested({{"more", R"({"x":1})"}}), R"({"more":{"x":1}})");
}

TEST(FlatSettings, ListsAreJsonOrBetweenCommas) {
  EXPECT_EQ(nested({{"names", R"(["a","b, c"])"}}), R"({"names":["a","b, c"]})");
  EXPECT_EQ(nested({{"names", " a , b,,"}}), R"({"names":["a","b"]})");
}

TEST(FlatSettings, WithDotsAreMembers) {
  EXPECT_EQ(nested({{"login.kind", "pair"}, {"login.port", "80"}}),
            R"({"login":{"kind":"pair","port":80}})");
}

TEST(FlatSettings, NamesWithDotsThatTheSchemaKnowsAreNoPaths) {
  EXPECT_EQ(nested({{"a.b", "1"}}), R"({"a.b":1})");
}

TEST(FlatSettings, UnknownOnesAreJsonWhereTheyReadAsSuch) {
  EXPECT_EQ(nested({{"x.y", "1"}, {"x.z", "one"}}), R"({"x":{"y":1,"z":"one"}})");
}

TEST(FlatSettings, WhatFitsNoTypeStaysAText) {
  EXPECT_EQ(nested({{"days", "soon"}}), R"({"days":"soon"})");
}

TEST(FlatSettings, GoOverTheDefaultsUnlessEmpty) {
  EXPECT_EQ(nested({{"token", ""}, {"days", "2"}}, R"({"token":"t","days":1})"),
            R"({"token":"t","days":2})");
}

TEST(FlatSettings, DoNotLeadIntoTexts) {
  EXPECT_THAT(nested({{"token.x", "1"}}, R"({"token":"t"})"),
              HasSubstr("a value that is no object: token.x"));
}

TEST(FlatSettings, AreMadeOfMembersByTheirPath) {
  const Value config =
      parse_json(R"({"a":{"b":{"c":"x"},"n":1.50},"list":["y"],"t":true,"none":null})").value();
  EXPECT_EQ(flat_configuration(config),
            (FlatSettings{{"a.b.c", "x"}, {"a.n", "1.5"}, {"list", R"(["y"])"}, {"t", "true"}}));
}

}  // namespace
}  // namespace tendril

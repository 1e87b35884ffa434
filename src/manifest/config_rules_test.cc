// What a manifest does to the configuration, and what a check overrides in it.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "manifest/source_fixture_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ConfigRulesTest : public SourceFixture {
 protected:
  // The stream asks for "/<config.path>"; `rules` in flow style.
  Result<std::unique_ptr<Source>> with(
      const std::string& rules, Map config,
      const std::string& check = "{type: CheckStream, stream_names: [items]}") {
    return try_manifest(
        "type: DeclarativeSource\ncheck: " + check +
            "\nstreams:\n"
            "- {type: DeclarativeStream, name: items, retriever: {type: SimpleRetriever, "
            "record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, "
            "field_path: []}}, requester: {type: HttpRequester, url_base: \"{{ config['url'] "
            "}}\", path: \"{{ config['path'] }}\"}}}\n"
            "spec: {type: Spec, connection_specification: {type: object, properties: {}}, "
            "config_normalization_rules: {type: ConfigNormalizationRules, " +
            rules + "}}\n",
        std::move(config));
  }

  std::string asked(Source& source) {
    const StreamRead result = run(source, "items");
    EXPECT_FALSE(result.error) << result.error->message;
    return imposter_.requests().back().path;
  }
};

constexpr const char* kAddPath =
    "transformations: [{type: ConfigAddFields, fields: [{path: [path], value: \"{{ "
    "config['old'] }}s\"}]}]";

TEST_F(ConfigRulesTest, TransformsWithoutStoring) {
  imposter_.when("GET", "*").answer(200, "[]");
  const auto made = with(kAddPath, Map{{"old", "item"}});

  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(asked(**made), "/items");
  EXPECT_THAT(saved_, IsEmpty());
}

TEST_F(ConfigRulesTest, MigratesAndStores) {
  imposter_.when("GET", "*").answer(200, "[]");
  const auto made = with("config_migrations: [{type: ConfigMigration, " + std::string(kAddPath) +
                             "}, {type: ConfigMigration, transformations: [{type: "
                             "ConfigRemoveFields, field_pointers: [[old], [a, b]]}]}]",
                         Map{{"old", "item"}, {"a", Map{{"b", 1}, {"c", 2}}}});

  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(asked(**made), "/items");
  EXPECT_EQ(saved_.at("/path"), Value("items"));
  EXPECT_EQ(saved_.at("/old"), Value());
  EXPECT_EQ(to_json(saved_.at("/a")), R"({"c":2})");
  EXPECT_EQ(saved_.size(), 3U);
}

TEST_F(ConfigRulesTest, StoresNothingThatDidNotChange) {
  imposter_.when("GET", "*").answer(200, "[]");
  const auto made = with(
      "config_migrations: [{type: ConfigMigration, transformations: [{type: "
      "ConfigAddFields, condition: \"{{ not config.get('path') }}\", fields: "
      "[{path: [path], value: other}]}]}]",
      Map{{"path", "items"}});

  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(asked(**made), "/items");
  EXPECT_THAT(saved_, IsEmpty());
}

TEST_F(ConfigRulesTest, RemapsValues) {
  imposter_.when("GET", "*").answer(200, "[]");
  const std::string remap =
      "transformations: [{type: ConfigRemapField, field_path: [path], map: {a: items, b: notes}}]";

  EXPECT_EQ(asked(*with(remap, Map{{"path", "b"}}).value()), "/notes");
  EXPECT_EQ(asked(*with(remap, Map{{"path", "c"}}).value()), "/c");
}

TEST_F(ConfigRulesTest, TypesAddedValues) {
  imposter_.when("GET", "*").answer(200, "[]");
  const auto made = with(
      "transformations: [{type: ConfigAddFields, fields: [{path: [n, deep], value: \"{{ 7 }}\", "
      "value_type: integer}, {path: [path], value: \"{{ config['n']['deep'] + 1 }}\"}]}]",
      Map());

  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(asked(**made), "/8");
}

constexpr const char* kValidated =
    "validations: [{type: DpathValidator, field_path: [accounts, \"*\"], validation_strategy: "
    "{type: ValidateAdheresToSchema, base_schema: {type: object, required: [id]}}}]";

TEST_F(ConfigRulesTest, ValidatesSettings) {
  EXPECT_THAT(with(kValidated, Map()), IsOk());
  EXPECT_THAT(with(kValidated, Map{{"accounts", List{Map{{"id", 1}}}}}), IsOk());
  // A text holds JSON.
  EXPECT_THAT(with(kValidated, Map{{"accounts", List{R"({"id":2})"}}}), IsOk());

  const auto faulty = with(kValidated, Map{{"accounts", List{Map{{"no", "s3cret"}}}}});
  ASSERT_THAT(faulty, IsError(ErrorCode::InvalidConfig));
  EXPECT_THAT(faulty.error().message, HasSubstr("/accounts/*: lacks id"));
  EXPECT_THAT(faulty.error().message, Not(HasSubstr("s3cret")));
  EXPECT_THAT(with(kValidated, Map{{"accounts", List{"{"}}}), IsError(ErrorCode::InvalidConfig));
}

TEST_F(ConfigRulesTest, ValidatesPredicates) {
  const std::string rules =
      "validations: [{type: PredicateValidator, value: \"{{ config['n'] }}\", "
      "validation_strategy: {type: ValidateAdheresToSchema, base_schema: {type: integer, maximum: "
      "5}}}]";

  EXPECT_THAT(with(rules, Map{{"n", 5}}), IsOk());
  EXPECT_THAT(with(rules, Map{{"n", 6}}), IsError(ErrorCode::InvalidConfig));
}

TEST_F(ConfigRulesTest, ChecksWithOtherSettings) {
  imposter_.when("GET", "*").answer(200, "[]");
  const auto made = with("transformations: []", Map{{"path", "items"}},
                         "{type: CheckStream, stream_names: [items], config_overrides: {path: "
                         "small}}");
  ASSERT_THAT(made, IsOk());

  EXPECT_THAT((*made)->check({}), IsOk());
  EXPECT_EQ(imposter_.requests().back().path, "/small");
  EXPECT_EQ(asked(**made), "/items");
}

TEST_F(ConfigRulesTest, OverridesNothingOfThePlatform) {
  const auto made = with("transformations: []", Map{{"path", "items"}},
                         "{type: CheckStream, stream_names: [items], config_overrides: "
                         "{__airbyte_x: 1}}");

  EXPECT_THAT(made.value()->check({}), IsError(ErrorCode::InvalidConfig));
}

TEST_F(ConfigRulesTest, ChecksTheStreamsThatThePlatformChooses) {
  const auto made =
      with("transformations: []",
           Map{{"path", "items"}, {"__airbyte_check_stream_names", List{"no_such_stream"}}});

  EXPECT_THAT(made.value()->check({}).error().message,
              HasSubstr("stream does not exist: no_such_stream"));
}

}  // namespace
}  // namespace tendril

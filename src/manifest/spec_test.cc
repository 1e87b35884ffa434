#include "manifest/spec.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"

namespace tendril {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::string_view kBeginning = "the configuration does not fit its spec: ";

Spec spec_of(std::string_view schema_yaml) {
  return Spec::from_schema(to_value(parse_yaml(schema_yaml, "m.yaml").value())).value();
}

// The completed configuration as JSON, or what is wrong.
std::string checked(const Spec& spec, std::string_view config_json) {
  const Result<CheckedConfig> result = spec.check(parse_json(config_json).value());
  if (result.ok()) {
    return to_json(result->config);
  }
  const std::string& message = result.error().message;
  return message.starts_with(kBeginning) ? message.substr(kBeginning.size()) : message;
}

constexpr std::string_view kSchema = R"(
type: object
required: [api_key, start_date]
properties:
  api_key: {type: string, airbyte_secret: true, minLength: 1}
  start_date: {type: string, format: date, pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'}
  region: {type: string, enum: [eu, us], default: eu}
  page_size: {type: integer, minimum: 1, maximum: 100}
  depth: {type: [integer, 'null'], default: 3}
  names: {type: array, items: {type: string}}
  nested: {type: object, required: [a], properties: {a: {type: boolean}, b: {type: number, default: 1.5}}}
)";

TEST(Spec, FillsInDefaults) {
  EXPECT_EQ(checked(spec_of(kSchema), R"({"api_key":"k","start_date":"2024-01-02"})"),
            R"({"api_key":"k","start_date":"2024-01-02","region":"eu","depth":3})");
  EXPECT_EQ(checked(spec_of(kSchema), R"({"api_key":"k","start_date":"2024-01-02","region":"us",)"
                                      R"("depth":null,"nested":{"a":true}})"),
            R"({"api_key":"k","start_date":"2024-01-02","region":"us","depth":null,)"
            R"("nested":{"a":true,"b":1.5}})");
}

TEST(Spec, FillsInNoDefaultThatItWouldRefuse) {
  const Spec spec =
      spec_of("properties: {a: {type: string, pattern: '^x', default: ''}, b: {default: 1}}");

  EXPECT_EQ(checked(spec, "{}"), R"({"b":1})");
}

TEST(Spec, NamesEveryFaultByItsPath) {
  struct Case {
    std::string config;
    std::string faults;
  };
  const Case cases[] = {
      {"[]", "the configuration must be an object"},
      {"{}", "/api_key: is missing; /start_date: is missing"},
      {R"({"api_key":1,"start_date":"2024-01-02"})", "/api_key: must be of type string"},
      {R"({"api_key":"k","start_date":"yesterday"})",
       "/start_date: must match the pattern ^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
      {R"({"api_key":"k","start_date":"2024-01-02","region":"asia"})",
       "/region: must be one of: eu, us"},
      {R"({"api_key":"k","start_date":"2024-01-02","depth":"x"})",
       "/depth: must be of type integer, null"},
      {R"({"api_key":"k","start_date":"2024-01-02","names":["a",2]})",
       "/names/1: must be of type string"},
      {R"({"api_key":"k","start_date":"2024-01-02","nested":{"b":"x"}})",
       "/nested/b: must be of type number; /nested/a: is missing"},
  };

  for (const Case& each : cases) {
    EXPECT_EQ(checked(spec_of(kSchema), each.config), each.faults) << each.config;
  }
}

TEST(Spec, SaysLimitsInTheSchemasWords) {
  const std::string faults =
      checked(spec_of(kSchema), R"({"api_key":"","start_date":"2024-01-02","page_size":101})");

  EXPECT_THAT(faults, HasSubstr("/api_key: string should be no fewer than 1 characters in length"));
  EXPECT_THAT(faults, HasSubstr("/page_size: expected number less than or equal to"));
}

TEST(Spec, NeverShowsAValue) {
  const std::string faults =
      checked(spec_of(kSchema),
              R"({"api_key":["hush"],"start_date":"hush","region":"hush","depth":"hush"})");

  EXPECT_THAT(faults, HasSubstr("/api_key"));
  EXPECT_THAT(faults, Not(HasSubstr("hush")));
}

TEST(Spec, PrefersThePatternsDescription) {
  const Spec spec =
      spec_of("properties: {d: {type: string, pattern: '^[0-9]+$', pattern_descriptor: DIGITS}}");

  EXPECT_EQ(checked(spec, R"({"d":"x"})"), "/d: must look like DIGITS");
}

TEST(Spec, RefusesUnknownKeysWhereTheSchemaIsClosed) {
  const Spec spec = spec_of(
      "additionalProperties: false\nproperties: {api_key: {type: string}, n: {type: object,"
      " additionalProperties: false, properties: {a: {}}}}\n");

  EXPECT_EQ(checked(spec, R"({"colour":1})"), "/colour: unknown key");
  EXPECT_EQ(checked(spec, R"({"apikey":"k"})"), "/apikey: unknown key (did you mean api_key?)");
  EXPECT_EQ(checked(spec, R"({"n":{"b":1}})"), "/n/b: unknown key");
}

TEST(Spec, TellsWhichUnknownKeyWasMeantForAMissingOne) {
  EXPECT_EQ(checked(spec_of(kSchema), R"({"apikey":"k","start_date":"2024-01-02","colour":1})"),
            "/api_key: is missing; /apikey: unknown key (did you mean api_key?)");
}

TEST(Spec, WarnsOfUnknownKeysWhenNothingIsMissing) {
  const Result<CheckedConfig> result = spec_of(kSchema).check(
      parse_json(R"({"api_key":"k","start_date":"2024-01-02","pagesize":5,"colour":1,"__meta":2})")
          .value());

  ASSERT_TRUE(result.ok());
  EXPECT_THAT(result->warnings, ElementsAre("unknown key: pagesize (did you mean page_size?)",
                                            "unknown key: colour"));
}

TEST(Spec, WithoutPropertiesTakesAnything) {
  const Result<CheckedConfig> result = Spec().check(Map{{"a", 1}});

  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->config, Value(Map{{"a", 1}}));
  EXPECT_THAT(result->warnings, IsEmpty());
}

constexpr std::string_view kAlternatives = R"(
required: [credentials]
properties:
  credentials:
    type: object
    oneOf:
      - title: OAuth
        required: [auth_type, client_id, client_secret]
        properties:
          auth_type: {type: string, const: oauth}
          client_id: {type: string}
          client_secret: {type: string, airbyte_secret: true}
          scope: {type: string, default: all}
      - title: Token
        required: [auth_type, token]
        properties:
          auth_type: {type: string, const: token}
          token: {type: string, airbyte_secret: true}
)";

TEST(Spec, ChecksTheAlternativeThatTheConfigurationNames) {
  const Spec spec = spec_of(kAlternatives);

  EXPECT_EQ(checked(spec, R"({"credentials":{"auth_type":"token","token":"t"}})"),
            R"({"credentials":{"auth_type":"token","token":"t"}})");
  EXPECT_EQ(
      checked(spec, R"({"credentials":{"auth_type":"oauth","client_id":"i","client_secret":"s"}})"),
      R"({"credentials":{"auth_type":"oauth","client_id":"i","client_secret":"s","scope":"all"}})");
  EXPECT_EQ(
      checked(spec, R"({"credentials":{"auth_type":"oauth","client_id":1}})"),
      "/credentials/client_id: must be of type string; /credentials/client_secret: is missing");
  EXPECT_EQ(checked(spec, R"({"credentials":{"token":"t"}})"),
            "/credentials: fits none of the alternatives: auth_type: oauth | auth_type: token");
}

TEST(Spec, NamesAlternativesByTheKeysTheyAskFor) {
  const Spec spec = spec_of(
      "anyOf: [{required: [organization]}, {required: [a, b]}]\nproperties: {organization: {}}");

  EXPECT_EQ(checked(spec, R"({"organization":"o"})"), R"({"organization":"o"})");
  EXPECT_EQ(checked(spec, "{}"), "/: fits none of the alternatives: organization | a and b");
}

TEST(Spec, FindsSecretsInAllAlternatives) {
  const Spec spec = spec_of(kAlternatives);
  const Value config =
      parse_json(R"({"credentials":{"auth_type":"token","token":"hush"}})").value();

  const std::vector<Secret> secrets = spec.secrets_of(config);

  EXPECT_THAT(spec.secret_paths(), ElementsAre("/credentials/client_secret", "/credentials/token"));
  ASSERT_EQ(secrets.size(), 1U);
  EXPECT_EQ(secrets[0].reveal(), "hush");
}

TEST(Spec, FindsSecretsInListsAndUnderOddKeys) {
  const Spec spec = spec_of(R"(
properties:
  keys: {type: array, items: {type: object, properties: {'a/b': {type: string, airbyte_secret: true}}}}
  pin: {type: integer, airbyte_secret: true}
)");

  const std::vector<Secret> secrets =
      spec.secrets_of(parse_json(R"({"keys":[{"a/b":"x"},{},{"a/b":"y"}],"pin":1234})").value());

  EXPECT_THAT(spec.secret_paths(), ElementsAre("/keys/*/a~1b", "/pin"));
  ASSERT_EQ(secrets.size(), 3U);
  EXPECT_EQ(secrets[0].reveal(), "x");
  EXPECT_EQ(secrets[1].reveal(), "y");
  EXPECT_EQ(secrets[2].reveal(), "1234");
}

TEST(Spec, MatchesPatternsThatTakeForEverByTrying) {
  EXPECT_EQ(checked(spec_of("properties: {a: {type: string, pattern: '^(a+)+$'}}"),
                    R"({"a":")" + std::string(64, 'a') + R"(b"})"),
            "/a: must match the pattern ^(a+)+$");
}

TEST(Spec, DoesNotMatchPatternsAgainstVeryLongTexts) {
  const std::string text(100'000, 'a');

  EXPECT_EQ(checked(spec_of("properties: {a: {type: string, pattern: '^(?=a)(a|b)*$'}}"),
                    R"({"a":")" + text + R"("})"),
            "/a: is too long to be checked");
  EXPECT_EQ(
      checked(spec_of("properties: {a: {type: string}}"), R"({"a":")" + text + R"("})").size(),
      text.size() + 8);
}

TEST(Spec, RefusesSchemasThatAreNone) {
  const Result<Spec> wrong_type =
      Spec::from_schema(parse_json(R"({"properties":{"a":{"type":"text"}}})").value());
  const Result<Spec> wrong_pattern = Spec::from_schema(
      parse_json(R"({"properties":{"a":{"type":"string","pattern":"("}}})").value());

  ASSERT_FALSE(wrong_type.ok());
  EXPECT_THAT(wrong_type.error().message, HasSubstr("the schema is no usable JSON schema"));
  ASSERT_FALSE(wrong_pattern.ok());
  EXPECT_THAT(wrong_pattern.error().message, HasSubstr("no regular expression"));
}

}  // namespace
}  // namespace tendril

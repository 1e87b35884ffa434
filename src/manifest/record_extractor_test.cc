// Each expectation is what the reference finds in the same page.
#include "manifest/record_extractor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manifest/component_fixture_test.h"
#include "manifest/page_sinks.h"
#include "manifest/schema_normalization.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Extracting : public ComponentFixture {
 protected:
  std::vector<std::string> extracted(const std::string& yaml, std::string_view page) {
    const auto extractor = RecordExtractor::compile(node(yaml), environment_);
    if (!extractor.ok()) {
      return {"! " + extractor.error().message};
    }
    std::vector<std::string> records;
    const TakeRecord take = [&](const Value& record) -> Status {
      records.push_back(to_json(record));
      return {};
    };
    const auto done = extractor->extract(bodies_of(json(page)), take, {});
    if (!done.ok()) {
      records.push_back("! " + done.error().message);
    } else if (*done > 0) {
      records.push_back("dropped " + std::to_string(*done));
    }
    return records;
  }

  std::vector<std::string> at(const std::string& path, std::string_view page) {
    return extracted("{type: DpathExtractor, field_path: " + path + "}", page);
  }

  std::vector<std::string> expanded(const std::string& more, std::string_view page) {
    return extracted(
        "{type: DpathExtractor, field_path: [d], record_expander: {type: "
        "RecordExpander, expand_records_from_field: [l, i]" +
            more + "}}",
        page);
  }
};

TEST_F(Extracting, FindsWhatThePathLeadsTo) {
  EXPECT_THAT(at("[data]", R"({"data":[{"a":1},{}]})"), ElementsAre(R"({"a":1})", "{}"));
  EXPECT_THAT(at("[data]", R"({"data":{"a":1}})"), ElementsAre(R"({"a":1})"));
  EXPECT_THAT(at("[data]", R"({"data":{}})"), IsEmpty());
  EXPECT_THAT(at("[data]", R"({"data":null})"), IsEmpty());
  EXPECT_THAT(at("[data]", R"({"b":1})"), IsEmpty());
  EXPECT_THAT(at("[]", R"([{"a":1},{},{"a":2}])"), ElementsAre(R"({"a":1})", R"({"a":2})"));
  EXPECT_THAT(at("[data]", R"([{"data":[1]},{"data":[2]}])"), ElementsAre("1", "2"));
  EXPECT_THAT(at("[\"{{ config.field }}\"]", R"({"data":[1]})"), ElementsAre("1"));
}

TEST_F(Extracting, FollowsPatterns) {
  EXPECT_THAT(at("[a, '*']", R"({"a":{"x":{"b":1},"y":{}}})"), ElementsAre(R"({"b":1})", "{}"));
  EXPECT_THAT(at("[a, '*', i, '*']", R"({"a":[{"i":[1,2]},{"i":[3]}]})"),
              ElementsAre("1", "2", "3"));
  EXPECT_THAT(at("['**', c]", R"({"a":{"b":{"c":[1]}}})"), ElementsAre("1"));
  EXPECT_THAT(at("['a?']", R"({"ab":[1]})"), ElementsAre("1"));
  EXPECT_THAT(at("['a?']", R"({"ab":1,"ac":2})"), ElementsAre(HasSubstr("more than one place")));
}

TEST_F(Extracting, ExpandsListsInRecords) {
  const char* page = R"({"d":[{"id":1,"l":{"i":[{"a":1},2],"n":0}},{"id":2}]})";
  EXPECT_THAT(expanded("", page), ElementsAre(R"({"a":1})", "2"));
  EXPECT_THAT(expanded(", on_no_records: emit_parent", page),
              ElementsAre(R"({"a":1})", "2", R"({"id":2})"));
  EXPECT_THAT(expanded(", remain_original_record: true", R"({"d":{"l":{"i":[{"a":1},2]}}})"),
              ElementsAre(R"({"a":1,"original_record":{"l":{"i":[{"a":1},2]}}})",
                          R"({"value":2,"original_record":{"l":{"i":[{"a":1},2]}}})"));
  EXPECT_THAT(expanded(", merge_parent: true", page),
              ElementsAre(R"({"id":1,"l":{"n":0},"a":1})", R"({"id":1,"l":{"n":0},"value":2})"));
  EXPECT_THAT(
      expanded(
          ", parent_fields: [{type: ParentFieldPath, parent_path: [id], record_path: [p, id]}]",
          page),
      ElementsAre(R"({"a":1,"p":{"id":1}})", R"({"value":2,"p":{"id":1}})"));
}

TEST_F(Extracting, CombinesExtractors) {
  const auto combined = [&](const std::string& more, std::string_view page) {
    return extracted("{type: CombinedExtractor, " + more +
                         ", extractors: [{type: DpathExtractor, field_path: [a]}, {type: "
                         "DpathExtractor, field_path: [b]}]}",
                     page);
  };
  EXPECT_THAT(combined("mode: union", R"({"a":[1],"b":[2]})"), ElementsAre("1", "2"));
  EXPECT_THAT(combined("mode: first_match", R"({"a":[1],"b":[2]})"), ElementsAre("1"));
  EXPECT_THAT(combined("mode: first_match", R"({"b":[2]})"), ElementsAre("2"));
  EXPECT_THAT(combined("mode: first_match, skip_empty_records: true", R"({"a":[null],"b":[2]})"),
              ElementsAre("2"));
  EXPECT_THAT(combined("mode: union, skip_empty_records: true", R"({"a":[null,1],"b":[]})"),
              ElementsAre("1", "dropped 1"));
}

std::string normalized(std::string_view value, std::string_view schema) {
  Value record = Map{{"v", parse_json(value).value()}};
  normalize_by_schema(record, Map{{"properties", Map{{"v", parse_json(schema).value()}}}});
  return to_json(*record.find("v"));
}

TEST(SchemaNormalization, ConvertsAsTheReferenceDoes) {
  constexpr std::tuple<const char*, const char*, const char*> kCases[] = {
      {R"("12")", R"({"type":"integer"})", "12"},
      {R"(" 1_000 ")", R"({"type":["null","integer"]})", "1000"},
      {R"("1.5")", R"({"type":"integer"})", R"("1.5")"},
      {"1.9", R"({"type":"integer"})", "1"},
      {"true", R"({"type":"integer"})", "1"},
      {"null", R"({"type":"integer"})", "null"},
      {R"("1.5")", R"({"type":"number"})", "1.5"},
      {"2", R"({"type":"number"})", "2.0"},
      {R"("x")", R"({"type":"number"})", R"("x")"},
      {"12", R"({"type":"string"})", R"("12")"},
      {"true", R"({"type":["string","null"]})", R"("True")"},
      {"null", R"({"type":"string"})", R"("None")"},
      {R"({"a":[1,null,"x"]})", R"({"type":"string"})", R"("{'a': [1, None, 'x']}")"},
      {R"("Yes")", R"({"type":"boolean"})", "true"},
      {R"("maybe")", R"({"type":"boolean"})", R"("maybe")"},
      {"0", R"({"type":"boolean"})", "false"},
      {"null", R"({"type":"boolean"})", "false"},
      {R"("1")", R"({"type":["integer","string"]})", R"("1")"},
      {"1", R"({"type":"array"})", "[1]"},
      {"1", R"({"type":"array","items":{"type":"string"}})", "1"},
      {"1", R"({"type":"array","items":{"type":["string"]}})", R"(["1"])"},
      {R"({"n":"1"})", R"({"type":"object","properties":{"n":{"type":"integer"}}})", R"({"n":1})"},
      {R"(["1"])", R"({"type":"array","items":{"type":"integer"}})", "[1]"},
  };
  for (const auto& [value, schema, expected] : kCases) {
    EXPECT_EQ(normalized(value, schema), expected) << value << " by " << schema;
  }
}

TEST(SchemaNormalization, FollowsReferences) {
  Value record = Map{{"a", Map{{"n", "1"}}}};
  normalize_by_schema(record, parse_json(R"({"properties":{"a":{"$ref":"#/definitions/d"}},)"
                                         R"("definitions":{"d":{"properties":{"n":{"type":)"
                                         R"("integer"}}}}})")
                                  .value());
  EXPECT_EQ(to_json(record), R"({"a":{"n":1}})");
}

}  // namespace
}  // namespace tendril

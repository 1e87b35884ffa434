// Each expectation is what the reference makes of the same record.
#include "manifest/transformation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manifest/component_fixture_test.h"
#include "manifest/key_renaming.h"
#include "manifest/template_field.h"
#include "manifest/tree_path.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Transforming : public ComponentFixture {
 protected:
  Result<Value> transformed(const std::string& yaml, std::string_view record) {
    const auto compiled = transformation_of(node(yaml), environment_);
    if (!compiled.ok()) {
      return compiled.error();
    }
    Value value = json(record);
    Context context = context_with(config_, clock_);
    TRY((*compiled)->apply(value, context));
    return value;
  }

  std::string changed(const std::string& yaml, std::string_view record) {
    const auto value = transformed(yaml, record);
    return value.ok() ? to_json(*value) : value.error().message;
  }

  std::string removed(const std::string& pointer, const std::string& condition = "") {
    return changed(
        "{type: RemoveFields, field_pointers: [" + pointer + "], condition: \"" + condition + "\"}",
        R"({"a":{"b":[1,2,{"c":5,"d":6}]},"x":1})");
  }
};

TEST_F(Transforming, AddsFieldsAtPaths) {
  const auto add = [](const std::string& path, const std::string& more) {
    return "{type: AddFields, fields: [{path: " + path + ", " + more + "}]}";
  };
  EXPECT_EQ(changed(add("[a, b]", "value: \"{{ record.n + 1 }}\""), R"({"n":1})"),
            R"({"n":1,"a":{"b":2}})");
  EXPECT_EQ(changed(add("[a, '2', x]", "value: t"), R"({"a":[1]})"), R"({"a":[1,null,{"x":"t"}]})");
  EXPECT_EQ(changed(add("[a, '1']", "value: t"), "{}"), R"({"a":[null,"t"]})");
  EXPECT_THAT(changed(add("[a, x]", "value: t"), R"({"a":"s"})"), HasSubstr("can not be added"));
}

TEST_F(Transforming, ConvertsAddedValuesToTheirType) {
  const auto add = [&](const std::string& value, const std::string& type) {
    return changed("{type: AddFields, fields: [{path: [v], value: \"" + value +
                       "\", value_type: " + type + "}]}",
                   "{}");
  };
  EXPECT_EQ(add("12", "string"), R"({"v":"12"})");
  EXPECT_EQ(add("12", "integer"), R"({"v":12})");
  EXPECT_EQ(add("1.5", "number"), R"({"v":1.5})");
  EXPECT_EQ(add("True", "boolean"), R"({"v":true})");
  EXPECT_EQ(add("text", "integer"), R"({"v":"text"})");
}

TEST_F(Transforming, AddsWhereTheConditionHolds) {
  const std::string yaml =
      "{type: AddFields, condition: \"{{ value > 2 and path[0] == 'v' }}\", fields: [{path: [v], "
      "value: \"{{ record.n }}\"}]}";
  EXPECT_EQ(changed(yaml, R"({"n":1})"), R"({"n":1})");
  EXPECT_EQ(changed(yaml, R"({"n":3})"), R"({"n":3,"v":3})");
}

TEST_F(Transforming, RemovesFieldsByPath) {
  EXPECT_EQ(removed("[x]"), R"({"a":{"b":[1,2,{"c":5,"d":6}]}})");
  EXPECT_EQ(removed("[q]"), R"({"a":{"b":[1,2,{"c":5,"d":6}]},"x":1})");
  EXPECT_EQ(removed("[a, b, '1']"), R"({"a":{"b":[1,null,{"c":5,"d":6}]},"x":1})");
  EXPECT_EQ(removed("[a, b, '-1']"), R"({"a":{"b":[1,2]},"x":1})");
  EXPECT_EQ(removed("[a, b, '*']"), R"({"a":{"b":[null,null]},"x":1})");
}

TEST_F(Transforming, RemovesFieldsByPattern) {
  EXPECT_EQ(removed("[a, b, '*', c]"), R"({"a":{"b":[1,2,{"d":6}]},"x":1})");
  EXPECT_EQ(removed("['**', c]"), R"({"a":{"b":[1,2,{"d":6}]},"x":1})");
  EXPECT_EQ(removed("[a, '**']"), R"({"x":1})");
  EXPECT_EQ(removed("['**']"), "{}");
  EXPECT_EQ(removed("['**', b]"), R"({"a":{},"x":1})");
  EXPECT_EQ(removed("['[x-z]']"), R"({"a":{"b":[1,2,{"c":5,"d":6}]}})");
}

TEST_F(Transforming, RemovesOnlyScalarsWhereThereIsACondition) {
  EXPECT_EQ(removed("['**']", "{{ property == 5 }}"), R"({"a":{"b":[1,2,{"d":6}]},"x":1})");
  EXPECT_EQ(removed("['**']", "{{ property == 1 }}"), R"({"a":{"b":[null,2,{"c":5,"d":6}]}})");
  EXPECT_EQ(removed("['a']", "{{ True }}"), R"({"a":{"b":[1,2,{"c":5,"d":6}]},"x":1})");
}

TEST_F(Transforming, WritesKeysInLowerCaseAtTheTop) {
  EXPECT_EQ(changed("{type: KeysToLower}", R"({"ID":1,"Größe":{"KG":2}})"),
            R"({"id":1,"größe":{"KG":2}})");
}

TEST_F(Transforming, WritesKeysInSnakeCaseAtAllLevelsButInLists) {
  EXPECT_EQ(changed("{type: KeysToSnakeCase}",
                    R"({"createdAt":1,"userData":{"firstName":2},"l":[{"aB":1}]})"),
            R"({"created_at":1,"user_data":{"first_name":2},"l":[{"aB":1}]})");
}

TEST(SnakeCase, IsThatOfTheReference) {
  const std::pair<const char*, const char*> expected[] = {
      {"createdAt", "created_at"},
      {"Größe (kg)", "grosse_kg_"},
      {"HTTPServer", "httpserver"},
      {"FIELD 1", "field_1"},
      {"1st name", "_1_st_name"},
      {"a1b2", "a_1_b_2"},
      {"user-ID", "user_id"},
      {"  lead", "_lead"},
      {"trail  ", "trail_"},
      {"Ж", "zh"},
      {"", ""},
      {"__a__", "_a_"},
      {"myÆon", "my_aeon"},
      {"userIDs", "user_ids"},
      {"a.b.c", "a_b_c"},
      {"Straße", "strasse"},
      {"Łódź", "lodz"},
      {"Ελλάδα", "ellada"},
      {"Привет мир", "privet_mir"},
      {"Œuvre", "oeuvre"},
  };
  for (const auto& [key, snake] : expected) {
    EXPECT_EQ(snake_case(key), snake) << key;
  }
}

TEST_F(Transforming, ReplacesPartsOfKeys) {
  EXPECT_EQ(changed("{type: KeysReplace, old: \" \", new: _}",
                    R"({"created time":1,"a b":{"c d e":2},"l":[{"x y":1}]})"),
            R"({"created_time":1,"a_b":{"c_d_e":2},"l":[{"x y":1}]})");
  EXPECT_EQ(changed("{type: KeysReplace, old: \"{{ record.cut }}\", new: \"{{ config.suffix }}\"}",
                    R"({"cut":"u"})"),
            R"({"c_xt":"u"})");
}

TEST_F(Transforming, FlattensRecords) {
  EXPECT_EQ(changed("{type: FlattenFields}", R"({"a":{"id":1},"id":2,"n":null,"e":{}})"),
            R"({"n":null,"id":2,"a.id":1})");
  EXPECT_EQ(changed("{type: FlattenFields}", R"({"x":{"y":1},"l":[{"a":1},2]})"),
            R"({"l.1":2,"l.0.a":1,"x.y":1})");
  EXPECT_EQ(changed("{type: FlattenFields, flatten_lists: false}", R"({"x":{"y":1},"l":[1]})"),
            R"({"l":[1],"y":1})");
}

TEST_F(Transforming, FlattensOneField) {
  const auto flattened = [&](const std::string& more, std::string_view record) {
    return changed("{type: DpathFlattenFields, " + more + "}", record);
  };
  const char* record = R"({"id":1,"data":{"a":2,"b":{"c":3}}})";
  EXPECT_EQ(flattened("field_path: [data]", record),
            R"({"id":1,"data":{"a":2,"b":{"c":3}},"a":2,"b":{"c":3}})");
  EXPECT_EQ(flattened("field_path: [\"{{ config.field }}\"], delete_origin_value: true", record),
            R"({"id":1,"a":2,"b":{"c":3}})");
  EXPECT_EQ(flattened("field_path: [data], replace_record: true", record),
            R"({"a":2,"b":{"c":3}})");
  EXPECT_EQ(flattened("field_path: [data, '*'], delete_origin_value: true", record), record);
  EXPECT_EQ(flattened("field_path: [none]", record), record);
  EXPECT_EQ(flattened("field_path: [data]", R"({"a":1,"data":{"a":2}})"),
            R"({"a":1,"data":{"a":2}})");
  EXPECT_EQ(flattened("field_path: [data], delete_origin_value: true, key_transformation: {type: "
                      "KeyTransformation, prefix: p_, suffix: \"{{ config.suffix }}\"}",
                      R"({"a":1,"data":{"a":2}})"),
            R"({"a":1,"p_a_x":2})");
}

std::vector<std::string> found(std::string_view tree, const TreePath& path) {
  const Value root = parse_json(tree).value();
  std::vector<std::string> texts;
  for (const Value* value : values_at_path(root, path)) {
    texts.push_back(to_json(*value));
  }
  return texts;
}

TEST(TreePaths, FindWhatTheyLeadTo) {
  EXPECT_THAT(found(R"({"a":[{"i":1},{"i":2}]})", {"a", "*", "i"}), ElementsAre("1", "2"));
  EXPECT_THAT(found(R"({"a":{"b":{"c":[1]}}})", {"*", "b", "**"}),
              ElementsAre(R"({"c":[1]})", "[1]", "1"));
  EXPECT_THAT(found(R"({"a":{"b":{"c":1}}})", {"**", "c"}), ElementsAre("1"));
  EXPECT_THAT(found(R"({"ab":1,"ac":2,"b":3})", {"a?"}), ElementsAre("1", "2"));
  EXPECT_THAT(found(R"({"ab":1,"ac":2})", {"a[!b]"}), ElementsAre("2"));
  EXPECT_THAT(found(R"({"äb":1,"a[":2})", {"?b"}), ElementsAre("1"));
  EXPECT_THAT(found(R"({"a":[5,6]})", {"a", "-1"}), ElementsAre("6"));
  EXPECT_THAT(found(R"({"xaybz":1,"ab":2})", {"*a*b*"}), ElementsAre("1", "2"));
}

}  // namespace
}  // namespace tendril

#include "bridges/partner/configuration_form.h"

#include <google/protobuf/util/json_util.h>

#include <gmock/gmock.h>

#include "common.pb.h"
#include "data/json.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;
using testing::ElementsAre;

// Each field as JSON, by its place in the form.
std::vector<std::string> fields_of(const std::string& schema) {
  wire::ConfigurationFormResponse form;
  put_form(parse_json(schema).value(), form);
  std::vector<std::string> fields;
  for (const wire::FormField& field : form.fields()) {
    std::string json;
    EXPECT_TRUE(google::protobuf::util::MessageToJsonString(field, &json).ok());
    fields.push_back(json);
  }
  return fields;
}

TEST(ConfigurationForm, HasAFieldForEachSetting) {
  EXPECT_THAT(
      fields_of(R"({"required":["token"],"properties":{
        "token":{"type":"string","title":"Token","airbyte_secret":true,"default":"x"},
        "url":{"type":"string","default":"https://a.b","description":"See <a href='x'>docs</a>."},
        "size":{"type":"string","enum":["S","L"]},
        "deep":{"type":"boolean","default":true},
        "days":{"type":"integer","examples":[7]},
        "names":{"type":"array","items":{"type":"string"}},
        "fixed":{"const":"v1"},
        "old":{"type":"string","airbyte_hidden":true}}})"),
      ElementsAre(
          R"({"name":"token","label":"Token","required":true,"textField":"Password"})",
          R"({"name":"url","label":"url","required":false,"description":"See docs.","textField":"PlainText","defaultValue":"https://a.b"})",
          R"({"name":"size","label":"size","required":false,"dropdownField":{"dropdownField":["S","L"]}})",
          R"({"name":"deep","label":"deep","required":false,"toggleField":{},"defaultValue":"true"})",
          R"({"name":"days","label":"days","required":false,"textField":"PlainText","placeholder":"7"})",
          R"({"name":"names","label":"names","required":false,"description":"Values separated by commas, or a JSON list.","textField":"PlainText"})",
          R"({"name":"fixed","label":"fixed","required":false,"textField":"Hidden","defaultValue":"v1"})"));
}

TEST(ConfigurationForm, IsInTheOrderThatTheSchemaAsksFor) {
  EXPECT_THAT(fields_of(R"({"properties":{"b":{"type":"boolean","order":1},
                                          "c":{"type":"boolean"},
                                          "a":{"type":"boolean","order":0}}})"),
              ElementsAre(testing::HasSubstr(R"("name":"a")"), testing::HasSubstr(R"("name":"b")"),
                          testing::HasSubstr(R"("name":"c")")));
}

TEST(ConfigurationForm, NamesNestedSettingsByTheirPath) {
  EXPECT_THAT(
      fields_of(R"({"required":["db"],"properties":{"db":{"required":["host"],"properties":{
                    "host":{"type":"string"},"port":{"type":"integer"}}}}})"),
      ElementsAre(
          R"({"name":"db.host","label":"db.host","required":true,"textField":"PlainText"})",
          R"({"name":"db.port","label":"db.port","required":false,"textField":"PlainText"})"));
}

TEST(ConfigurationForm, MakesAlternativesAChoiceWithItsFields) {
  EXPECT_THAT(
      fields_of(R"({"required":["login"],"properties":{"login":{"title":"Login","oneOf":[
        {"title":"By key","properties":{"kind":{"const":"key"},"key":{"type":"string"}},
         "required":["key"]},
        {"title":"Nobody","properties":{"kind":{"enum":["none"]}}}]}}})"),
      ElementsAre(
          R"({"name":"login.kind","label":"Login","required":true,"descriptiveDropdownFields":{"descriptiveDropdownField":[{"value":"key","label":"By key"},{"value":"none","label":"Nobody"}]}})",
          R"({"name":"login.kind=key","label":"By key","conditionalFields":{"condition":{"conditionField":"login.kind","stringValue":"key"},"fields":[{"name":"login.key","label":"login.key","required":true,"textField":"PlainText"}]}})"));
}

TEST(ConfigurationForm, OffersAllFieldsOfAlternativesThatNothingTellsApart) {
  EXPECT_THAT(fields_of(R"({"properties":{"a":{"type":"boolean"}},"anyOf":[
        {"required":["a"]},
        {"required":["b"],"properties":{"a":{"type":"boolean"},"b":{"type":"boolean"}}}]})"),
              ElementsAre(R"({"name":"a","label":"a","required":false,"toggleField":{}})",
                          R"({"name":"b","label":"b","required":false,"toggleField":{}})"));
}

}  // namespace
}  // namespace tendril

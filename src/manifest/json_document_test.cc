#include "manifest/json_document.h"

#include <optional>
#include <string>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <gmock/gmock.h>

#include "connector/document.h"
#include "data/json.h"
#include "manifest/json_page.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<std::vector<std::string>> documents_of(std::string page, const FieldTap* tap = nullptr) {
  JsonPageReader reader({});
  BatchBuilder rows(document_schema({.name = "s", .columns = {}}));
  const RecordRejector reject = [](std::int64_t, std::string_view, std::string_view) -> Status {
    return Error{.code = ErrorCode::BadData, .message = "rejected"};
  };
  TRY(reader.read_columns(page, rows, tap, reject));
  const Batch batch = TRY(rows.take());
  EXPECT_TRUE(holds_documents(*batch.schema));
  const auto& column = static_cast<const arrow::StringArray&>(*batch.rows->column(0));
  std::vector<std::string> documents;
  for (std::int64_t row = 0; row < column.length(); ++row) {
    documents.emplace_back(column.GetView(row));
  }
  return documents;
}

TEST(JsonDocument, KeepsNumbersAndTextsAsTheyWereWritten) {
  EXPECT_THAT(
      documents_of(
          R"([{"id":12345678901234567890123,"f":1.10,"e":1E5,"t":"\u00e9\n","é":"é"},{"id":2}])"),
      IsOkAndHolds(
          ElementsAre(R"({"id":12345678901234567890123,"f":1.10,"e":1E5,"t":"\u00e9\n","é":"é"})",
                      R"({"id":2})")));
}

TEST(JsonDocument, LeavesOutMembersThatAreNull) {
  EXPECT_THAT(documents_of(R"([{"a":null,"b":{"c":null,"d":[null]},"e":null},{"a":null},{}])"),
              IsOkAndHolds(ElementsAre(R"({"b":{"c":null,"d":[null]}})", "{}")));
}

TEST(JsonDocument, IsOneLine) {
  EXPECT_THAT(documents_of("[ {\n  \"a\" : {\n\t\"b\" : [ 1,\r\n 2 ] },\n \"c\" : \"x  y\"\n} ]"),
              IsOkAndHolds(ElementsAre(R"({"a":{"b":[1,2]},"c":"x  y"})")));
  EXPECT_THAT(documents_of(R"([{ "a" : [1, 2] , "b" :true }])"),
              IsOkAndHolds(ElementsAre(R"({"a":[1, 2],"b":true})")));
}

TEST(JsonDocument, KeepsNamesWithEscapes) {
  EXPECT_THAT(documents_of(R"([{"a\"b\\":1,"\u0041":2}])"),
              IsOkAndHolds(ElementsAre(R"({"a\"b\\":1,"\u0041":2})")));
}

TEST(JsonDocument, ShowsATapTheFieldOfEachRecord) {
  std::vector<std::string> seen;
  const FieldTap tap{
      "t", [&](std::optional<std::string_view> text) { seen.emplace_back(text.value_or("null")); }};

  ASSERT_THAT(
      documents_of(
          R"([{"t":"2024"},{"t":"a\u0042"},{"t":17},{"t":null},{"x":1},{"\u0074":true},{"t":[1]}])",
          &tap),
      IsOk());

  EXPECT_THAT(seen, ElementsAre("2024", "aB", "17", "null", "true", "[1]"));
}

TEST(JsonDocument, RefusesWhatIsNoJson) {
  for (const char* page :
       {R"([{"a":tru}])", R"([{"a":{"b":nul}}])", R"([{"a":01}])", R"([{"a":"\x"}])",
        R"([{"a":[1 2]}])", R"([{"a" 1}])", "[{\"a\":nope}]"}) {
    EXPECT_THAT(documents_of(page), IsError(ErrorCode::BadData, HasSubstr("page is not JSON")))
        << page;
  }
}

TEST(JsonDocument, IsTheSameFromATree) {
  const Value record =
      parse_json(R"({"id":12345678901234567890123,"n":null,"a\"b":[1.5,null],"t":"é"})").value();
  BatchBuilder rows(document_schema({.name = "s", .columns = {}}));

  add_document(rows, *record.as_map());

  const Batch batch = rows.take().value();
  EXPECT_EQ(static_cast<const arrow::StringArray&>(*batch.rows->column(0)).GetView(0),
            R"({"id":12345678901234567890123,"a\"b":[1.5,null],"t":"é"})");
}

}  // namespace
}  // namespace tendril

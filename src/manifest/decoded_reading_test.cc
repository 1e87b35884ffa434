// Streams whose answers are not plain JSON, read over HTTP.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manifest/slice_copy.h"
#include "manifest/source_fixture_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DecodedReading : public SourceFixture {
 protected:
  // `retriever` is in flow style, and follows the requester.
  StreamRead read(const std::string& retriever, const std::string& rest = "") {
    source_ = source(
        "- type: DeclarativeStream\n"
        "  name: items\n"
        "  primary_key: id\n" +
        rest +
        "  retriever:\n"
        "    type: SimpleRetriever\n"
        "    requester: {type: HttpRequester, url_base: \"{{ config['url'] }}/\", path: items}\n" +
        retriever);
    return run(*source_, "items");
  }

  static std::string selector(const std::string& path, const std::string& more = "") {
    return "    record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, "
           "field_path: " +
           path + "}" + more + "}\n";
  }

  std::unique_ptr<Source> source_;
};

TEST_F(DecodedReading, StreamsJsonLinesIntoColumns) {
  imposter_.when("GET", "/items")
      .answer(ScriptedAnswer(
                  200, "{\"id\":1,\"t\":\"a\"}\n\n{\"id\":2,\"t\":null}\noops\n[{\"id\":3}]\n")
                  .chunked(5));

  const StreamRead result = read("    decoder: {type: JsonlDecoder}\n" + selector("[]"));

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1", "2", "3"));
  EXPECT_THAT(column(result.sink.rows, "t"), ElementsAre("a", "null", "null"));
  ASSERT_THAT(result.sink.rejected, SizeIs(1));
  EXPECT_EQ(result.sink.rejected[0].payload, "oops");
  EXPECT_EQ(result.sink.rejected[0].position, "page 1, record 3");
}

TEST_F(DecodedReading, HandsRowsOverBeforeALargeBodyEnds) {
  std::string lines;
  for (std::int64_t i = 0; i < kBatchRows + 1000; ++i) {
    lines += "{\"id\":" + std::to_string(i) + "}\n";
  }
  imposter_.when("GET", "/items").answer(200, lines);

  const StreamRead result = read("    decoder: {type: JsonlDecoder}\n" + selector("[]"));

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(result.sink.rows, SizeIs(kBatchRows + 1000));
  EXPECT_THAT(result.sink.batches, SizeIs(Ge(2U)));
  EXPECT_THAT(result.sink.checkpoints, SizeIs(1)) << "what a part of a page covers can not be said";
}

TEST_F(DecodedReading, TransformsWhatIsStreamed) {
  imposter_.when("GET", "/items").answer(200, "{\"d\":{\"id\":1}}\n{\"d\":{\"id\":2}}\n");

  const StreamRead result =
      read("    decoder: {type: JsonlDecoder}\n" + selector("[d]",
                                                            ", record_filter: {type: RecordFilter, "
                                                            "condition: \"{{ record.id > 1 }}\"}"),
           "  transformations:\n"
           "    - {type: AddFields, fields: [{path: [k], value: \"{{ "
           "record.id * 10 }}\"}]}\n");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "k"), ElementsAre("20"));
}

TEST_F(DecodedReading, ReadsTablesIntoColumns) {
  imposter_.when("GET", "/items").answer(200, "id;name\n1;a\n2;\n", {{"Content-Type", "text/csv"}});

  const StreamRead result =
      read("    decoder: {type: CsvDecoder, delimiter: \";\", set_values_to_none: [\"\"]}\n" +
           selector("[]"));

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1", "2"));
  EXPECT_THAT(column(result.sink.rows, "name"), ElementsAre("a", "null"));
}

TEST_F(DecodedReading, NormalizesBySchema) {
  imposter_.when("GET", "/items").answer(200, "id,on\n7,yes\n");

  const StreamRead result =
      read("    decoder: {type: CsvDecoder}\n" + selector("[]", ", schema_normalization: Default"),
           "  schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: "
           "{type: integer}, on: {type: boolean}}}}\n");

  ASSERT_FALSE(result.error) << result.error->message;
  ASSERT_THAT(result.sink.batches, SizeIs(1));
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("7"));
  EXPECT_EQ(result.sink.batches[0].schema->columns.at(1).type.kind, TypeKind::Boolean);
}

TEST_F(DecodedReading, ReadsSoapEnvelopesPageByPage) {
  const auto envelope = [](const std::string& items, const std::string& next) {
    return "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><r>" + items +
           "<next>" + next + "</next></r></s:Body></s:Envelope>";
  };
  imposter_.when("GET", "/items")
      .answer(200, envelope("<item id=\"1\"><n>a</n></item><item id=\"2\"/>", "p2"));
  imposter_.when("GET", "/items")
      .with_query("after", "p2")
      .answer(200, envelope("<item id=\"3\"/>", ""));

  const StreamRead result = read(
      "    decoder: {type: XmlDecoder}\n" + selector("[\"s:Envelope\", \"s:Body\", r, item]") +
      "    paginator: {type: DefaultPaginator, page_token_option: {type: RequestOption, "
      "inject_into: request_parameter, field_name: after}, pagination_strategy: {type: "
      "CursorPagination, cursor_value: \"{{ response['s:Envelope']['s:Body']['r']['next'] }}\", "
      "stop_condition: \"{{ not response['s:Envelope']['s:Body']['r']['next'] }}\"}}\n");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "@id"), ElementsAre("1", "2", "3"));
  EXPECT_THAT(column(result.sink.rows, "n"), ElementsAre("a", "null", "null"));
}

TEST_F(DecodedReading, RetriesBeforeABodyIsStreamed) {
  imposter_.when("GET", "/items")
      .answer(503)
      .then(429, "", {{"Retry-After", "1"}})
      .then(200, "{\"id\":1}\n");

  const StreamRead result = read("    decoder: {type: JsonlDecoder}\n" + selector("[]"));

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1"));
  EXPECT_EQ(imposter_.count("/items"), 3);
}

TEST_F(DecodedReading, FailsWhenABodyBreaksOff) {
  imposter_.when("GET", "/items")
      .answer(ScriptedAnswer(200, "{\"id\":1}\n{\"id\":2}\n").cut_after(12));

  const StreamRead result = read("    decoder: {type: JsonlDecoder}\n" + selector("[]"));

  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, ErrorCode::Unavailable) << result.error->message;
  EXPECT_EQ(imposter_.count("/items"), 1) << "rows that went on can not be taken back";
}

TEST_F(DecodedReading, FailsOnABodyOfAnotherForm) {
  imposter_.when("GET", "/items").answer(200, "<html>");

  const StreamRead result = read("    decoder: {type: XmlDecoder}\n" + selector("[a]"));

  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, ErrorCode::BadData);
  EXPECT_THAT(result.error->message, HasSubstr("page is not XML at line 1"));
}

TEST_F(DecodedReading, ExpandsRecordsOfJsonPages) {
  imposter_.when("GET", "/items").answer(200, R"({"d":[{"id":1,"l":[{"a":1},{"a":2}]},{"l":[]}]})");

  const StreamRead result = read(
      "    record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: "
      "[d], record_expander: {type: RecordExpander, expand_records_from_field: [l]}}}\n");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "a"), ElementsAre("1", "2"));
}

TEST_F(DecodedReading, ReadsAListAsManyPages) {
  imposter_.when("GET", "/items").answer(200, R"([{"d":[{"id":1}]},{"d":{"id":2}},{"d":{}}])");

  const StreamRead result = read(selector("[d]"));

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1", "2"));
  EXPECT_THAT(result.sink.rejected, IsEmpty());
}

}  // namespace
}  // namespace tendril

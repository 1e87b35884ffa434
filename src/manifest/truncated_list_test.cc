// Lists in records that hold only their first elements. Each expectation is what the reference
// does.
#include "manifest/truncated_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manifest/source_fixture_test.h"

namespace tendril {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kIndicator = ", truncation_indicator_path: [lines, has_more]";

// The retriever of the lines of an invoice, page by page.
std::string retriever(const std::string& more = "") {
  return ", truncated_list_retriever: {requester: {url_base: \"{{ config['url'] }}\", path: "
         "\"/of/{{ "
         "stream_slice['parent_record']['id'] }}\"}, record_selector: {extractor: {field_path: "
         "[data]}}, paginator: {type: DefaultPaginator, page_token_option: {type: RequestOption, "
         "inject_into: request_parameter, field_name: page}, pagination_strategy: {type: "
         "PageIncrement, start_from_page: 1}}" +
         more + "}";
}

class TruncatedLists : public SourceFixture {
 protected:
  static std::string stream(const std::string& expander,
                            const std::string& path = "[lines, data]") {
    return "- type: DeclarativeStream\n"
           "  name: items\n"
           "  retriever:\n"
           "    requester: {url_base: \"{{ config['url'] }}\", path: /invoices}\n"
           "    record_selector: {extractor: {field_path: [data], record_expander: {type: "
           "RecordExpander, expand_records_from_field: " +
           path + expander + "}}}\n";
  }

  StreamRead read(const std::string& expander) {
    source_ = source(stream(expander));
    lines_.lines.clear();  // What is said of the configuration.
    return run(*source_, "items");
  }

  std::string refusal(const std::string& expander, const std::string& path = "[lines, data]") {
    auto made = try_source(stream(expander, path));
    if (!made.ok()) {
      return made.error().message;
    }
    const StreamRead result = run(**made, "items");
    return result.error ? result.error->message : "";
  }

  std::unique_ptr<Source> source_;
};

TEST_F(TruncatedLists, AreFetchedWhole) {
  imposter_.when("GET", "/invoices").answer(200, R"({"data":[
        {"id":"a","lines":{"has_more":true,"total_count":3,"data":[{"n":1}]}},
        {"id":"b","lines":{"has_more":false,"data":[{"n":9}]}}]})");
  imposter_.when("GET", "/of/a").without_query("page").answer(200, R"({"data":[{"n":1},{"n":2}]})");
  imposter_.when("GET", "/of/a").with_query("page", "2").answer(200, R"({"data":[{"n":3}]})");
  imposter_.when("GET", "/of/a").with_query("page", "3").answer(200, R"({"data":[]})");

  const StreamRead result =
      read(std::string(kIndicator) + retriever() +
           ", parent_fields: [{type: ParentFieldPath, parent_path: [id], record_path: [of]}]");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "n"), ElementsAre("1", "2", "3", "9"));
  EXPECT_THAT(column(result.sink.rows, "of"), ElementsAre("a", "a", "a", "b"));
  EXPECT_THAT(imposter_.requests("/of/b"), IsEmpty());
  EXPECT_THAT(lines_.lines, IsEmpty());
}

TEST_F(TruncatedLists, FallBackOnWhatIsInTheRecord) {
  imposter_.when("GET", "/invoices").answer(200, R"({"data":[
        {"id":"a","lines":{"has_more":1,"total_count":5,"data":[{"n":1}]}},
        {"id":"b","lines":{"has_more":"yes","total_count":5,"data":[{"n":2}]}}]})");
  imposter_.when("GET", "/of/a").answer(200, R"({"data":[]})");
  imposter_.when("GET", "/of/b").answer(200, R"({"data":[]})");

  const StreamRead result = read(std::string(kIndicator) + retriever());

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "n"), ElementsAre("1", "2"));
  EXPECT_THAT(lines_.lines, ElementsAre(AllOf(HasSubstr("gives less than the list should have"),
                                              HasSubstr("fetched=0"), HasSubstr("total=5"))));
}

TEST_F(TruncatedLists, AreReportedOnceWhereNothingFetchesThem) {
  imposter_.when("GET", "/invoices").answer(200, R"({"data":[
        {"id":"a","lines":{"has_more":true,"data":[{"n":1}]}},
        {"id":"b","lines":{"has_more":true,"data":[{"n":2}]}},
        {"id":"c","lines":{"data":[{"n":3}]}}]})");

  const StreamRead result = read(kIndicator);

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "n"), ElementsAre("1", "2", "3"));
  EXPECT_THAT(lines_.lines,
              ElementsAre(AllOf(HasSubstr("its rest is not read"), HasSubstr("list=lines.data"),
                                HasSubstr("taken=1"), HasSubstr("total=unknown"))));
}

TEST_F(TruncatedLists, MayBeOfPlainValues) {
  imposter_.when("GET", "/invoices")
      .answer(200, R"({"data":[{"id":"a","lines":{"has_more":true,"data":[7]}}]})");
  imposter_.when("GET", "/of/a").answer(200, R"({"data":[7,8]})").then(200, R"({"data":[]})");

  const StreamRead result = read(std::string(kIndicator) + retriever() + ", merge_parent: true");

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "value"), ElementsAre("7", "8"));
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("a", "a"));
}

TEST_F(TruncatedLists, FailTheStreamWhereTheirRequestsFail) {
  imposter_.when("GET", "/invoices")
      .answer(200, R"({"data":[{"id":"a","lines":{"has_more":true,"data":[{"n":1}]}}]})");
  imposter_.when("GET", "/of/a").answer(403, "{}");

  const StreamRead result = read(std::string(kIndicator) + retriever());

  ASSERT_TRUE(result.error);
  EXPECT_THAT(result.error->message, HasSubstr("reading the whole list at lines.data"));
  EXPECT_THAT(result.sink.rows, IsEmpty());
}

TEST_F(TruncatedLists, RefuseWhatTheReferenceRefuses) {
  EXPECT_THAT(refusal(retriever()), HasSubstr("truncation_indicator_path is needed beside it"));
  EXPECT_THAT(refusal(", truncation_indicator_path: [a, '*']"), HasSubstr("without patterns"));
  EXPECT_THAT(refusal(kIndicator + retriever(), "[a, '*']"), HasSubstr("without patterns"));
  EXPECT_THAT(refusal(kIndicator + retriever(", partition_router: {type: ListPartitionRouter, "
                                             "cursor_field: x, values: [y]}")),
              HasSubstr("partition_router can not be used in a truncated_list_retriever"));
  EXPECT_THAT(refusal(kIndicator + retriever(", pagination_reset: {type: PaginationReset, action: "
                                             "RESET}")),
              HasSubstr("pagination_reset can not be used in a truncated_list_retriever"));
  EXPECT_THAT(refusal(std::string(kIndicator) +
                      ", truncated_list_retriever: {type: CustomRetriever, class_name: a.B}"),
              HasSubstr("needs custom Python code"));
}

}  // namespace
}  // namespace tendril

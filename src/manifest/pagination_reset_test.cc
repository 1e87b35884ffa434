#include "manifest/pagination_reset.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manifest/source_fixture_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PaginationResets : public SourceFixture {
 protected:
  StreamRead read(const std::string& reset) {
    source_ = source(
        "- type: DeclarativeStream\n"
        "  name: items\n"
        "  incremental_sync:\n"
        "    type: DatetimeBasedCursor\n"
        "    cursor_field: at\n"
        "    datetime_format: \"%Y-%m-%d\"\n"
        "    start_datetime: \"2024-01-01\"\n"
        "    end_datetime: \"2024-01-09\"\n"
        "    start_time_option: {type: RequestOption, inject_into: request_parameter, "
        "field_name: since}\n"
        "  retriever:\n"
        "    type: SimpleRetriever\n" +
        reset +
        "    record_selector:\n"
        "      type: RecordSelector\n"
        "      extractor: {type: DpathExtractor, field_path: []}\n"
        "    paginator:\n"
        "      type: DefaultPaginator\n"
        "      page_token_option: {type: RequestOption, inject_into: request_parameter, "
        "field_name: page}\n"
        "      pagination_strategy: {type: PageIncrement, page_size: 1, start_from_page: 1}\n"
        "    requester:\n"
        "      type: HttpRequester\n"
        "      url_base: \"{{ config['url'] }}\"\n"
        "      path: items\n"
        "      error_handler: {type: DefaultErrorHandler, response_filters: [{type: "
        "HttpResponseFilter, http_codes: [400], action: RESET_PAGINATION}]}\n");
    return run(*source_, "items");
  }

  HttpImposter::Route& page(const std::string& since, const std::string& number) {
    HttpImposter::Route& route = imposter_.when("GET", "/items").with_query("since", since);
    return number == "1" ? route.without_query("page") : route.with_query("page", number);
  }

  std::unique_ptr<Source> source_;
};

TEST_F(PaginationResets, GoOnFromTheLatestTimeOfTheRecords) {
  page("2024-01-01", "1").answer(200, R"([{"id":1,"at":"2024-01-02"}])");
  page("2024-01-01", "2").answer(200, R"([{"id":2,"at":"2024-01-03"}])");
  page("2024-01-01", "3").answer(400, "too deep");
  page("2024-01-03", "1").answer(200, R"([{"id":3,"at":"2024-01-04"}])");
  page("2024-01-03", "2").answer(200, "[]");

  const StreamRead result =
      read("    pagination_reset: {type: PaginationReset, action: SPLIT_USING_CURSOR}\n");

  EXPECT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1", "2", "3"));
}

TEST_F(PaginationResets, ComeBeforeTheApisLimitOfRecords) {
  page("2024-01-01", "1").answer(200, R"([{"id":1,"at":"2024-01-02"}])");
  page("2024-01-01", "2").answer(200, R"([{"id":2,"at":"2024-01-03"}])");
  page("2024-01-03", "1").answer(200, "[]");

  const StreamRead result = read(
      "    pagination_reset: {type: PaginationReset, action: SPLIT_USING_CURSOR, limits: {type: "
      "PaginationResetLimits, number_of_records: 2}}\n");

  EXPECT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1", "2"));
}

TEST_F(PaginationResets, StartTheSliceAnewOnce) {
  page("2024-01-01", "1").answer(200, R"([{"id":1,"at":"2024-01-02"}])");
  page("2024-01-01", "2").answer(400, "lost").then(200, "[]");

  const StreamRead result = read("    pagination_reset: {type: PaginationReset, action: RESET}\n");

  EXPECT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1", "1"));
}

TEST_F(PaginationResets, DoNotGoOnForEver) {
  page("2024-01-01", "1").answer(400, "never");

  const StreamRead result = read("");

  ASSERT_TRUE(result.error);
  EXPECT_THAT(result.error->message, HasSubstr("starts anew"));
}

}  // namespace
}  // namespace tendril

// What manifests say about bodies, from the request options to the bytes that are sent.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manifest/source_fixture_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class RequestBodies : public SourceFixture {
 protected:
  // Reads "/items", asked for with `options`, in YAML: lines of a requester.
  StreamRead read(const std::string& options, const std::string& retriever = "") {
    source_ = source(
        "- type: DeclarativeStream\n"
        "  name: items\n"
        "  retriever:\n"
        "    type: SimpleRetriever\n" +
            retriever +
            "    record_selector:\n"
            "      type: RecordSelector\n"
            "      extractor: {type: DpathExtractor, field_path: [data, items, nodes]}\n"
            "    requester:\n"
            "      type: HttpRequester\n"
            "      url_base: \"{{ config['url'] }}\"\n"
            "      path: items\n"
            "      http_method: POST\n" +
            options,
        Map{{"name", "A<B & \"C\""}});
    return run(*source_, "items");
  }

  ReceivedRequest sent(const std::string& options) {
    imposter_.when("POST", "/items").answer(200, R"({"data":{"items":{"nodes":[]}}})");
    const StreamRead result = read(options);
    EXPECT_FALSE(result.error) << result.error->message;
    const auto requests = imposter_.requests("/items");
    return requests.empty() ? ReceivedRequest() : requests.back();
  }

  std::unique_ptr<Source> source_;
};

TEST_F(RequestBodies, AreTextAsItIsForSoap) {
  const ReceivedRequest request = sent(
      "      request_headers: {Content-Type: text/xml}\n"
      "      request_body:\n"
      "        type: RequestBodyPlainText\n"
      "        value: \"<q><name>{{ config['name'] | e }}</name></q>\"\n");

  EXPECT_EQ(request.body, "<q><name>A&lt;B &amp; &#34;C&#34;</name></q>");
  EXPECT_EQ(request.header("Content-Type"), "text/xml");
}

TEST_F(RequestBodies, AreForms) {
  const ReceivedRequest request = sent(
      "      request_body:\n"
      "        type: RequestBodyUrlEncodedForm\n"
      "        value: {name: \"{{ config['name'] }}\", n: \"{{ 1 + 1 }}\"}\n");

  EXPECT_EQ(request.body, "name=A%3CB%20%26%20%22C%22&n=2");
}

TEST_F(RequestBodies, AreObjectsThatATemplateWrites) {
  const ReceivedRequest request =
      sent("      request_body_json: \"{{ {'a': [1, config['name']]} }}\"\n");

  EXPECT_EQ(request.body, R"({"a":[1,"A<B & \"C\""]})");
}

constexpr const char* kQuery =
    "      request_body:\n"
    "        type: RequestBodyGraphQL\n"
    "        value:\n"
    "          query: \"query($after: String) { items(after: $after) { nodes { id } } }\"\n"
    "          variables: {first: 2}\n";
constexpr const char* kPages =
    "    paginator:\n"
    "      type: DefaultPaginator\n"
    "      page_token_option: {type: RequestOption, inject_into: body_json, field_path: "
    "[variables, after]}\n"
    "      pagination_strategy:\n"
    "        type: CursorPagination\n"
    "        cursor_value: \"{{ response['data']['items']['pageInfo']['endCursor'] }}\"\n"
    "        stop_condition: \"{{ not response['data']['items']['pageInfo']['hasNextPage'] }}\"\n";

TEST_F(RequestBodies, AreGraphQlWithTheCursorAmongItsVariables) {
  imposter_.when("POST", "/items")
      .answer(200, R"({"data":{"items":{"pageInfo":{"hasNextPage":true,"endCursor":"c1"},)"
                   R"("nodes":[{"id":1}]}}})")
      .then(200, R"({"data":{"items":{"pageInfo":{"hasNextPage":false,"endCursor":"c2"},)"
                 R"("nodes":[{"id":2}]}}})");

  const StreamRead result = read(kQuery, kPages);

  EXPECT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(result.sink.rows, SizeIs(2));
  EXPECT_THAT(imposter_.requests("/items").back().body,
              HasSubstr(R"("variables":{"after":"c1","first":2})"));
}

}  // namespace
}  // namespace tendril

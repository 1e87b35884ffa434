// Runs the manifests of docs/how-to/graphql-and-soap.md, as they stand there.
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manifest/source_fixture_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// The blocks of YAML on the page, in order.
std::vector<std::string> manifests_on_page() {
  std::ifstream page(TENDRIL_SOURCE_DIR "/docs/how-to/graphql-and-soap.md");
  std::vector<std::string> blocks;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line == "```yaml") {
      blocks.emplace_back();
      inside = true;
    } else if (line == "```") {
      inside = false;
    } else if (inside) {
      blocks.back() += line + '\n';
    }
  }
  return blocks;
}

class GuideToGraphQlAndSoap : public SourceFixture {
 protected:
  StreamRead read(std::size_t block, const std::string& stream, Map config) {
    const std::vector<std::string> blocks = manifests_on_page();
    EXPECT_THAT(blocks, SizeIs(2));
    auto made = try_manifest(blocks.at(block), std::move(config));
    EXPECT_THAT(made, IsOk());
    source_ = std::move(made).value();
    return run(*source_, stream);
  }

  StreamRead read_orders() { return read(0, "orders", Map{{"token", "secret-token"}}); }

  StreamRead read_invoices() {
    return read(1, "invoices", Map{{"user", "ann"}, {"password", "a<b&c"}});
  }

  static std::string orders(const std::string& nodes, const std::string& cursor) {
    return R"({"data":{"orders":{"nodes":[)" + nodes + R"(],"pageInfo":{"hasNextPage":)" +
           (cursor.empty() ? "false" : "true") + R"(,"endCursor":")" + cursor + R"("}}}})";
  }

  static std::string invoices(const std::string& content) {
    return "<?xml version=\"1.0\"?><s:Envelope "
           "xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">"
           "<s:Body><ListInvoicesResponse>" +
           content + "</ListInvoicesResponse></s:Body></s:Envelope>";
  }

  std::unique_ptr<Source> source_;
};

TEST_F(GuideToGraphQlAndSoap, ReadsAConnectionWithinItsBudget) {
  imposter_.when("POST", "/graphql").answer(200, orders(R"({"id":"1","total":2.5})", "c1"));
  imposter_.when("POST", "/graphql")
      .with_body(R"("after":"c1")")
      .answer(200, orders(R"({"id":"2","total":3})", "c2"));
  imposter_.when("POST", "/graphql")
      .with_body(R"("after":"c2")")
      .answer(200, orders(R"({"id":"3","total":4})", ""));

  const StreamRead result = read_orders();

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1", "2", "3"));
  const std::vector<ReceivedRequest> requests = imposter_.requests("/graphql");
  ASSERT_THAT(requests, SizeIs(3));
  EXPECT_THAT(requests[0].body, AllOf(HasSubstr("\"first\":100"), HasSubstr("pageInfo"),
                                      Not(HasSubstr("\"after\":"))));
  EXPECT_EQ(requests[0].header("Authorization"), "Bearer secret-token");
  EXPECT_GE(clock_.slept(), std::chrono::seconds(59)) << "two queries spend the budget of a minute";
}

TEST_F(GuideToGraphQlAndSoap, WaitsWhereTheApiSaysThatTheBudgetIsSpent) {
  imposter_.when("POST", "/graphql")
      .answer(200, R"({"errors":[{"message":"slow down","extensions":{"code":"THROTTLED"}}]})")
      .then(200, orders(R"({"id":"1"})", ""));

  const StreamRead result = read_orders();

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1"));
  EXPECT_EQ(imposter_.count("/graphql"), 2);
}

TEST_F(GuideToGraphQlAndSoap, FailsOnErrorsInGoodAnswers) {
  imposter_.when("POST", "/graphql")
      .answer(200, R"({"data":null,"errors":[{"message":"no such field: totals"}]})");

  const StreamRead result = read_orders();

  ASSERT_TRUE(result.error);
  EXPECT_THAT(result.error->message, HasSubstr("no such field: totals"));
}

TEST_F(GuideToGraphQlAndSoap, PassesOverWhatItsFilterKnows) {
  imposter_.when("POST", "/graphql")
      .answer(200, R"({"errors":[{"message":"no","extensions":{"code":"FORBIDDEN"}}]})");

  const StreamRead result = read_orders();

  EXPECT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(result.sink.rows, IsEmpty());
}

TEST_F(GuideToGraphQlAndSoap, ReadsEnvelopesPageByPage) {
  imposter_.when("POST", "/soap/invoices")
      .answer(200, invoices("<Invoice id=\"1\"><Customer>A &amp; B</Customer><Total>5</Total>"
                            "</Invoice><Invoice id=\"2\"><Total>6</Total></Invoice>"
                            "<Next>p&lt;2</Next>"));
  imposter_.when("POST", "/soap/invoices")
      .with_body("<From>p&lt;2</From>")
      .answer(200, invoices("<Invoice id=\"3\"><Total>7</Total></Invoice>"));

  const StreamRead result = read_invoices();

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(column(result.sink.rows, "id"), ElementsAre("1", "2", "3"));
  EXPECT_THAT(column(result.sink.rows, "Customer"), ElementsAre("A & B", "null", "null"));
  const std::vector<ReceivedRequest> requests = imposter_.requests("/soap/invoices");
  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_THAT(requests[0].body,
              AllOf(HasSubstr("<Password>a&lt;b&amp;c</Password>"), Not(HasSubstr("<From>"))));
  EXPECT_EQ(requests[0].header("SOAPAction"), "ListInvoices");
  EXPECT_EQ(requests[0].header("Content-Type"), "text/xml; charset=utf-8");
}

TEST_F(GuideToGraphQlAndSoap, EndsOnAFaultAtOnce) {
  imposter_.when("POST", "/soap/invoices")
      .answer(500, "<s:Envelope><s:Body><s:Fault/></s:Body></s:Envelope>");

  const StreamRead result = read_invoices();

  ASSERT_TRUE(result.error);
  EXPECT_THAT(result.error->message, HasSubstr("the API answered with a SOAP fault"));
  EXPECT_EQ(imposter_.count("/soap/invoices"), 1);
}

}  // namespace
}  // namespace tendril

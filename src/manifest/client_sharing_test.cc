// What sources of one process share, and what they keep from one run to the next.
#include <gmock/gmock.h>

#include "core/limiter_pool.h"
#include "http/http_cache.h"
#include "manifest/source_fixture_test.h"
#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;

std::string stream_with(const std::string& fields) {
  return "- type: DeclarativeStream\n"
         "  name: items\n"
         "  schema_loader:\n"
         "    type: InlineSchemaLoader\n"
         "    schema: {type: object, properties: {id: {type: integer}}}\n"
         "  retriever:\n"
         "    type: SimpleRetriever\n"
         "    record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, "
         "field_path: []}}\n"
         "    requester:\n"
         "      type: HttpRequester\n"
         "      url_base: \"{{ config['url'] }}\"\n"
         "      path: /items\n" +
         fields;
}

const std::string kToken =
    "      authenticator: {type: BearerAuthenticator, api_token: \"{{ config['token'] }}\"}\n";

class ClientSharingOfSources : public SourceFixture {
 protected:
  ClientSharingOfSources() {
    imposter_.when("GET", "/items").answers([](const ReceivedRequest& asked) {
      return asked.header("If-None-Match") == "\"v1\""
                 ? ScriptedAnswer(304)
                 : ScriptedAnswer(200, R"([{"id": 1}, {"id": 2}])", {{"ETag", "\"v1\""}});
    });
  }

  std::vector<std::string> ids(Source& source) {
    const StreamRead read = run(source, "items");
    EXPECT_FALSE(read.error.has_value());
    return column(read.sink.rows, "id");
  }
};

TEST_F(ClientSharingOfSources, AHoldOfAnAccountIsForAllSourcesOfTheProcess) {
  LimiterPool limiters(clock_);
  sharing_.limiters = &limiters;
  const auto first = source(stream_with(kToken), Map{{"token", "me"}});
  const auto second = source(stream_with(kToken), Map{{"token", "me"}});
  const auto stranger = source(stream_with(kToken), Map{{"token", "you"}});
  imposter_.when("GET", "/items")
      .with_header("Authorization", "Bearer me")
      .answer(200, R"([{"id": 1}])", {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "60"}});

  EXPECT_THAT(ids(*first), ElementsAre("1"));
  EXPECT_EQ(clock_.slept(), seconds(0));
  EXPECT_THAT(ids(*stranger), ElementsAre("1", "2"));
  EXPECT_EQ(clock_.slept(), seconds(0));
  EXPECT_THAT(ids(*second), ElementsAre("1"));

  EXPECT_EQ(clock_.slept(), seconds(60));
  EXPECT_EQ(second->counters().waited_for_rate_limit, seconds(60));
}

TEST_F(ClientSharingOfSources, AHoldIsForAllStreamsOfASourceWhateverTheirPatience) {
  const std::string patient = "      error_handler: {type: DefaultErrorHandler, max_retries: 9}\n";
  std::string streams = stream_with(kToken);
  std::string other = stream_with(kToken + patient);
  other.replace(other.find("name: items"), 11, "name: others");
  const auto both = source(streams + other, Map{{"token", "me"}});
  imposter_.when("GET", "/items")
      .with_header("Authorization", "Bearer me")
      .answer(200, R"([{"id": 1}])", {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "60"}});

  run(*both, "items");
  run(*both, "others");

  EXPECT_EQ(clock_.slept(), seconds(60));
}

TEST_F(ClientSharingOfSources, TheNextRunAsksWhetherAPageHasChanged) {
  const TemporaryFolder folder;
  const auto cache = HttpCache::open({.folder = folder / "http"}).value();
  sharing_.cache = cache.get();

  EXPECT_THAT(ids(*source(stream_with(kToken), Map{{"token", "me"}})), ElementsAre("1", "2"));
  const auto again = source(stream_with(kToken), Map{{"token", "me"}});
  EXPECT_THAT(ids(*again), ElementsAre("1", "2"));
  const auto stranger = source(stream_with(kToken), Map{{"token", "you"}});
  EXPECT_THAT(ids(*stranger), ElementsAre("1", "2"));

  EXPECT_EQ(again->counters().not_modified, 1);
  EXPECT_EQ(stranger->counters().not_modified, 0);
}

TEST_F(ClientSharingOfSources, AManifestMayKeepAnswersOutOfTheCache) {
  const TemporaryFolder folder;
  const auto cache = HttpCache::open({.folder = folder / "http"}).value();
  sharing_.cache = cache.get();
  const std::string streams = stream_with(kToken + "      use_cache: false\n");

  EXPECT_THAT(ids(*source(streams, Map{{"token", "me"}})), ElementsAre("1", "2"));

  EXPECT_EQ(cache->bytes(), 0U);
}

}  // namespace
}  // namespace tendril

// The source as a whole: check, discovery, credentials, configuration.
#include "manifest/manifest_source.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/encoding.h"
#include "manifest/source_fixture_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ManifestSourceTest : public SourceFixture {
 protected:
  // What the server got when "/items" was read with this authenticator (YAML in flow style).
  ReceivedRequest asked_with(const std::string& authenticator, Map config) {
    source_ = source(items("      authenticator: " + authenticator + "\n"), std::move(config));
    const StreamRead result = run(*source_, "items");
    EXPECT_FALSE(result.error) << result.error->message;
    return imposter_.requests("/items").back();
  }

  static std::string items(const std::string& requester, const std::string& rest = "") {
    return "- type: DeclarativeStream\n"
           "  name: items\n" +
           rest +
           "  retriever:\n"
           "    type: SimpleRetriever\n"
           "    record_selector:\n"
           "      type: RecordSelector\n"
           "      extractor: {type: DpathExtractor, field_path: []}\n"
           "    requester:\n"
           "      type: HttpRequester\n"
           "      url_base: \"{{ config['url'] }}\"\n"
           "      path: items\n" +
           requester;
  }

  std::unique_ptr<Source> source_;
};

TEST_F(ManifestSourceTest, ChecksWithOnePageOfTheStreamsNamed) {
  imposter_.when("GET", "/items").answer(200, R"([{"id":1}])").then(401, "who are you");
  const auto made = source(items(""));

  EXPECT_THAT(made->check({}), IsOk());
  EXPECT_THAT(made->check({}), IsError(ErrorCode::Unauthenticated, HasSubstr("stream items")));
  EXPECT_EQ(made->counters().requests, 2);
}

TEST_F(ManifestSourceTest, DiscoversStreams) {
  const auto made = source(
      items("  schema_loader:\n"
            "    type: InlineSchemaLoader\n"
            "    schema:\n"
            "      type: object\n"
            "      properties:\n"
            "        id: {type: integer}\n"
            "        at: {type: [\"null\", string], format: date-time}\n",
            "  primary_key: [[id]]\n"
            "  incremental_sync: {type: DatetimeBasedCursor, cursor_field: at, datetime_format: "
            "\"%Y-%m-%d\", start_datetime: \"2024-01-01\"}\n"));

  const auto catalog = made->discover({});

  ASSERT_THAT(catalog, IsOk());
  ASSERT_THAT(catalog->streams, SizeIs(1));
  const StreamInfo& info = catalog->streams[0];
  EXPECT_EQ(info.schema.name, "items");
  EXPECT_THAT(info.schema.columns,
              ElementsAre(Column{"id", {TypeKind::Long}}, Column{"at", {TypeKind::UtcDatetime}}));
  EXPECT_THAT(info.schema.primary_key, ElementsAre("id"));
  EXPECT_TRUE(info.incremental);
  EXPECT_EQ(info.cursor_field, "at");
  EXPECT_EQ(info.parent, "");
}

TEST_F(ManifestSourceTest, RefusesAKeyInsideAnObject) {
  const auto made = source(items("", "  primary_key: [[owner, id]]\n"));

  EXPECT_THAT(made->discover({}), IsError(ErrorCode::Unsupported, HasSubstr("test.yaml:")));
}

TEST_F(ManifestSourceTest, KnowsNoOtherStreams) {
  const auto made = source(items(""));

  EXPECT_THAT(made->open({.stream = "others"}, {}),
              IsError(ErrorCode::NotFound, HasSubstr("others")));
}

TEST_F(ManifestSourceTest, SendsApiKeys) {
  imposter_.when("GET", "/items").answer(200, "[]");
  const Map config{{"key", "s3cret"}};

  EXPECT_EQ(
      asked_with("{type: ApiKeyAuthenticator, api_token: \"Key {{ config['key'] }}\", "
                 "inject_into: {type: RequestOption, inject_into: header, field_name: X-Key}}",
                 config)
          .header("x-key"),
      "Key s3cret");
  EXPECT_EQ(asked_with("{type: ApiKeyAuthenticator, api_token: \"{{ config['key'] }}\", "
                       "inject_into: {type: RequestOption, inject_into: request_parameter, "
                       "field_name: key}}",
                       config)
                .target,
            "/items?key=s3cret");
  EXPECT_EQ(asked_with("{type: ApiKeyAuthenticator, api_token: \"{{ config['key'] }}\", "
                       "header: X-Old}",
                       config)
                .header("x-old"),
            "s3cret");
  EXPECT_EQ(redactor_.redact("it was s3cret"), "it was ***");
}

TEST_F(ManifestSourceTest, SendsBearerAndBasicCredentials) {
  imposter_.when("GET", "/items").answer(200, "[]");
  const Map config{{"user", "u"}, {"word", "pass"}};

  EXPECT_EQ(asked_with("{type: BearerAuthenticator, api_token: \"{{ config['word'] }}\"}", config)
                .header("authorization"),
            "Bearer pass");
  EXPECT_EQ(asked_with("{type: BasicHttpAuthenticator, username: \"{{ config['user'] }}\", "
                       "password: \"{{ config['word'] }}\"}",
                       config)
                .header("authorization"),
            "Basic " + base64_encode("u:pass"));
}

TEST_F(ManifestSourceTest, StoresARotatedRefreshToken) {
  imposter_.when("GET", "/items").answer(200, "[]");
  imposter_.when("POST", "/token")
      .answer(200,
              R"({"access_token":"new-access","refresh_token":"new-refresh","expires_in":3600})");

  const ReceivedRequest asked = asked_with(
      "{type: OAuthAuthenticator, token_refresh_endpoint: \"{{ config['url'] }}/token\", "
      "client_id: \"id\", client_secret: \"{{ config['secret'] }}\", refresh_token: \"{{ "
      "config['credentials']['refresh'] }}\", refresh_request_body: {extra: \"1\"}}",
      Map{{"secret", "shh!"}, {"credentials", Map{{"refresh", "old-refresh"}}}});

  EXPECT_EQ(asked.header("authorization"), "Bearer new-access");
  EXPECT_THAT(imposter_.requests("/token").at(0).body, HasSubstr("refresh_token=old-refresh"));
  EXPECT_THAT(imposter_.requests("/token").at(0).body, HasSubstr("extra=1"));
  EXPECT_EQ(saved_["/credentials/refresh"], Value("new-refresh"));
}

TEST_F(ManifestSourceTest, StoresTokensWhereTheUpdaterSays) {
  imposter_.when("GET", "/items").answer(200, "[]");
  imposter_.when("POST", "/token")
      .answer(200, R"({"access_token":"a1","refresh_token":"r1","expires_in":60})");

  asked_with(
      "{type: OAuthAuthenticator, token_refresh_endpoint: \"{{ config['url'] }}/token\", "
      "client_id: \"id\", client_secret: \"shh!\", refresh_token: \"r0-old\", "
      "refresh_token_updater: {access_token_config_path: [a], refresh_token_config_path: [b, c/d], "
      "token_expiry_date_config_path: [e]}}",
      Map());

  EXPECT_EQ(saved_["/a"], Value("a1"));
  EXPECT_EQ(saved_["/b/c~1d"], Value("r1"));
  EXPECT_THAT(*saved_["/e"].as_string(), HasSubstr("2024-01-02T03:05:05"));
}

TEST_F(ManifestSourceTest, SharesATokenAmongStreams) {
  imposter_.when("GET", "/items").answer(200, "[]");
  imposter_.when("POST", "/token").answer(200, R"({"access_token":"a1","expires_in":3600})");
  const std::string authenticator =
      "      authenticator: {type: OAuthAuthenticator, token_refresh_endpoint: \"{{ config['url'] "
      "}}/token\", client_id: id, client_secret: shh1, grant_type: client_credentials}\n";
  std::string second = items(authenticator);
  second.replace(second.find("items"), 5, "more_");
  const auto made = source(items(authenticator) + second);

  EXPECT_FALSE(run(*made, "items").error);
  EXPECT_FALSE(run(*made, "more_").error);
  EXPECT_EQ(imposter_.count("/token"), 1);
}

TEST_F(ManifestSourceTest, NamesTheTemplateOfAUrlWithoutAHost) {
  std::string stream = items("");
  stream.replace(stream.find("config['url']"), 13, "config['site']");
  const auto made = source(stream);

  const StreamRead result = run(*made, "items");

  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, ErrorCode::InvalidConfig);
  EXPECT_THAT(result.error->message, HasSubstr("config['site']"));
}

TEST_F(ManifestSourceTest, FailsWhenAStreamWithAnInvalidTemplateIsUsed) {
  std::string broken = items("      request_headers: {X: \"{{ 1 + }}\"}\n");
  broken.replace(broken.find("items"), 5, "wrong");
  imposter_.when("GET", "/items").answer(200, "[]");
  const auto made = source(items("") + broken);

  EXPECT_FALSE(run(*made, "items").error);
  const StreamRead result = run(*made, "wrong");
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, ErrorCode::InvalidConfig);
  EXPECT_THAT(result.error->message, HasSubstr("test.yaml:"));
}

TEST_F(ManifestSourceTest, KnowsWhichStreamsAreNotReadAtTheSameTime) {
  const auto made = try_manifest(R"(
check: {stream_names: [a]}
definitions:
  retriever: {requester: {url_base: u}, record_selector: {extractor: {field_path: []}}}
  a: {type: DeclarativeStream, name: a, retriever: {$ref: "#/definitions/retriever"}}
  b: {type: DeclarativeStream, name: b, retriever: {$ref: "#/definitions/retriever"}}
  child:
    type: DeclarativeStream
    name: child
    retriever:
      $ref: "#/definitions/retriever"
      partition_router:
        type: SubstreamPartitionRouter
        parent_stream_configs:
          - {parent_key: id, partition_field: a, stream: {$ref: "#/definitions/a"}}
streams: [{$ref: "#/definitions/a"}, {$ref: "#/definitions/b"}, {$ref: "#/definitions/child"}]
stream_groups:
  slow:
    streams: [{$ref: "#/definitions/a"}, {$ref: "#/definitions/b"}]
    action: {type: BlockSimultaneousSyncsAction}
)");
  ASSERT_THAT(made, IsOk());

  const auto catalog = (*made)->discover({});
  ASSERT_THAT(catalog, IsOk());
  EXPECT_EQ(catalog->find("a")->exclusive_group, "slow");
  EXPECT_EQ(catalog->find("b")->exclusive_group, "slow");
  EXPECT_EQ(catalog->find("child")->exclusive_group, "");
  EXPECT_THAT(catalog->find("child")->planning_groups, ElementsAre("slow"));
  EXPECT_THAT(catalog->find("a")->planning_groups, IsEmpty());
}

class ConcurrencyLevels : public SourceFixture {
 protected:
  // How many slices may be read at a time, or what is wrong.
  std::string level(const std::string& component, Map config = {}) {
    const auto made = try_manifest(
        "type: DeclarativeSource\n"
        "version: 1.0.0\n"
        "check: {stream_names: [items]}\n"
        "streams: [{name: items, retriever: {requester: {url_base: u}, record_selector: "
        "{extractor: "
        "{field_path: []}}}}]\n"
        "concurrency_level: " +
            component + "\n",
        std::move(config));
    if (!made.ok()) {
      return made.error().message;
    }
    const std::optional<int> max = (*made)->concurrency_max();
    return max ? std::to_string(*max) : "any";
  }
};

TEST_F(ConcurrencyLevels, BoundWhatIsReadAtTheSameTime) {
  EXPECT_EQ(level("null"), "any");
  EXPECT_EQ(level("{default_concurrency: 3}"), "3");
  EXPECT_EQ(level("{default_concurrency: 30, max_concurrency: 20}"), "30");
  const std::string chosen =
      "{default_concurrency: \"{{ config.get('workers', 4) }}\", max_concurrency: 20}";
  EXPECT_EQ(level(chosen), "4");
  EXPECT_EQ(level(chosen, Map{{"workers", 7}}), "7");
  EXPECT_EQ(level(chosen, Map{{"workers", 70}}), "20");
}

TEST_F(ConcurrencyLevels, AreRefusedWhereTheyAreNoNumbersOrHaveNoEnd) {
  EXPECT_THAT(level("{default_concurrency: \"{{ config['workers'] }}\"}", Map{{"workers", 7}}),
              HasSubstr("max_concurrency is needed"));
  const std::string chosen =
      "{default_concurrency: \"{{ config['workers'] }}\", max_concurrency: 20}";
  EXPECT_THAT(level(chosen, Map{{"workers", "many"}}), HasSubstr("whole number from 1 on: many"));
  EXPECT_THAT(level(chosen, Map{{"workers", 0}}), HasSubstr("whole number from 1 on: 0"));
}

}  // namespace
}  // namespace tendril

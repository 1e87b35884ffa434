#include "manifest/manifest_document.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"

namespace tendril {
namespace {

using testing::HasSubstr;

constexpr std::string_view kManifest = R"(
version: 1.2.3
type: DeclarativeSource
description: Reads users and their posts.
definitions:
  requester:
    type: HttpRequester
    url_base: https://api.example.com
  selector:
    type: RecordSelector
    extractor: {type: DpathExtractor, field_path: []}
  users:
    type: DeclarativeStream
    $parameters: {name: users, path: /users}
    primary_key: id
    retriever:
      type: SimpleRetriever
      requester: {$ref: "#/definitions/requester"}
      record_selector: {$ref: "#/definitions/selector"}
    schema_loader:
      type: InlineSchemaLoader
      schema: {$ref: "#/schemas/users"}
schemas:
  users: {type: object, properties: {id: {type: integer}}}
check: {type: CheckStream, stream_names: [users]}
streams:
  - {$ref: "#/definitions/users"}
  - type: DeclarativeStream
    name: posts
    retriever:
      type: SimpleRetriever
      requester: {$ref: "#/definitions/requester", path: "/posts"}
      record_selector: {$ref: "#/definitions/selector"}
      partition_router:
        type: SubstreamPartitionRouter
        parent_stream_configs:
          - {stream: "#/definitions/users", parent_key: id, partition_field: user_id}
    schema_loader:
      - {type: InlineSchemaLoader, schema: {type: object, properties: {a: {type: string}, b: {}}}}
      - {type: InlineSchemaLoader, schema: {type: object, properties: {b: {type: string}}}}
concurrency_level: {default_concurrency: "{{ config.get('workers', 2) }}", max_concurrency: 9}
spec:
  type: Spec
  connection_specification:
    title: Example Spec
    type: object
    properties: {token: {type: string, airbyte_secret: true}}
)";

TEST(ManifestDocument, YieldsTheWholeConnector) {
  const ManifestDocument document = parse_manifest(kManifest, "m.yaml").value();

  EXPECT_EQ(document.file, "m.yaml");
  EXPECT_EQ(document.version, "1.2.3");
  EXPECT_EQ(document.title, "Example Spec");
  EXPECT_EQ(document.description, "Reads users and their posts.");
  EXPECT_EQ(document.spec.secret_paths().size(), 1U);
  EXPECT_EQ(document.check.type(), "CheckStream");
  EXPECT_EQ(document.concurrency_level->text("default_concurrency").value(),
            "{{ config.get('workers', 2) }}");
  ASSERT_EQ(document.streams.size(), 2U);
  EXPECT_EQ(document.find("posts"), &document.streams[1]);
  EXPECT_EQ(document.find("comments"), nullptr);
}

TEST(ManifestDocument, StreamsAreCompleteAndKnowTheirPlace) {
  const ManifestDocument document = parse_manifest(kManifest, "m.yaml").value();

  const ManifestStream& users = *document.find("users");
  const Node& requester = *users.node.find("retriever")->find("requester");
  const Node& parent = document.find("posts")
                           ->node.find("retriever")
                           ->find("partition_router")
                           ->find("parent_stream_configs")
                           ->items[0];

  EXPECT_EQ(requester.text("path").value(), "/users");
  EXPECT_EQ(requester.key_path, "streams.0.retriever.requester");
  EXPECT_EQ(to_string(requester.find("url_base")->position), "m.yaml:8:15");
  EXPECT_EQ(parent.find("stream")->text("name").value(), "users");
  EXPECT_EQ(parent.find("stream")->find("primary_key")->key_path,
            "streams.1.retriever.partition_router.parent_stream_configs.0.stream.primary_key");
}

TEST(ManifestDocument, HasTheSchemasOfItsStreams) {
  const ManifestDocument document = parse_manifest(kManifest, "m.yaml").value();

  EXPECT_EQ(to_json(document.find("users")->json_schema),
            R"({"type":"object","properties":{"id":{"type":"integer"}}})");
  EXPECT_EQ(
      to_json(document.find("posts")->json_schema),
      R"({"type":"object","properties":{"a":{"type":"string"},"b":{}}})");  // The first one's.
}

TEST(ManifestDocument, MayHaveNoSpec) {
  const ManifestDocument document = parse_manifest(R"(
check: {stream_names: [a]}
streams:
  - {name: a, retriever: {requester: {url_base: u}, record_selector: {extractor: {field_path: []}}}}
)",
                                                   "m.yaml")
                                        .value();

  EXPECT_TRUE(document.streams[0].json_schema.is_null());
  EXPECT_FALSE(document.concurrency_level.has_value());
  EXPECT_TRUE(document.spec.check(Map{{"any", 1}}).ok());
}

TEST(ManifestDocument, IsNotReadFromWhatIsNoFile) {
  const Result<ManifestDocument> missing = load_manifest("/nowhere/manifest.yaml");
  const Result<ManifestDocument> folder = load_manifest(std::filesystem::temp_directory_path());

  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("/nowhere/manifest.yaml"));
  ASSERT_FALSE(folder.ok());
  EXPECT_EQ(folder.error().code, ErrorCode::InvalidConfig);
}

TEST(ManifestDocument, OfEachConnectorOfThisRepositoryLoads) {
  for (const auto& folder : std::filesystem::directory_iterator(TENDRIL_SOURCE_DIR "/connectors")) {
    const Result<ManifestDocument> document = load_manifest(folder.path() / "manifest.yaml");

    ASSERT_TRUE(document.ok()) << document.error().message;
    EXPECT_TRUE(document->warnings.empty()) << document->warnings.front();
  }
}

}  // namespace
}  // namespace tendril

#include "manifest/parameters.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "manifest/references.h"

namespace tendril {
namespace {

using testing::HasSubstr;

Node completed(std::string_view yaml) {
  Node root = resolve_references(parse_yaml(yaml, "m.yaml").value()).value();
  const Status status = apply_parameters(root);
  EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.error().message);
  set_key_paths(root, "");
  return root;
}

// What stands at "streams.0.name" and so on, as JSON; "absent" where there is nothing.
std::string at(const Node& root, std::string_view path) {
  const Node* node = &root;
  while (node != nullptr && !path.empty()) {
    const std::size_t dot = path.find('.');
    const std::string key(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    const bool is_index = node->kind == Node::Kind::Sequence;
    node = is_index ? &node->items.at(std::stoul(key)) : node->find(key);
  }
  return node == nullptr ? "absent" : to_json(to_value(*node));
}

TEST(Parameters, InferTypesFromTheField) {
  const Node root = completed(R"(
check: {stream_names: [a]}
spec: {connection_specification: {type: object}}
streams:
  - retriever:
      requester: {error_handler: {response_filters: [{action: FAIL}]}}
      record_selector: {extractor: {field_path: []}, record_filter: {condition: x}}
      paginator: {}
      partition_router:
        type: SubstreamPartitionRouter
        parent_stream_configs: [{stream: {name: b}}]
    incremental_sync: {type: DatetimeBasedCursor, start_datetime: {datetime: x}, end_datetime: now}
    transformations: [{type: AddFields, fields: [{path: [a]}]}]
)");
  const std::string stream = "streams.0.";
  const std::string retriever = stream + "retriever.";

  EXPECT_EQ(at(root, "type"), R"("DeclarativeSource")");
  EXPECT_EQ(at(root, "check.type"), R"("CheckStream")");
  EXPECT_EQ(at(root, "spec.type"), R"("Spec")");
  EXPECT_EQ(at(root, stream + "type"), R"("DeclarativeStream")");
  EXPECT_EQ(at(root, retriever + "type"), R"("SimpleRetriever")");
  EXPECT_EQ(at(root, retriever + "requester.type"), R"("HttpRequester")");
  EXPECT_EQ(at(root, retriever + "requester.error_handler.type"), R"("DefaultErrorHandler")");
  EXPECT_EQ(at(root, retriever + "requester.error_handler.response_filters.0.type"),
            R"("HttpResponseFilter")");
  EXPECT_EQ(at(root, retriever + "record_selector.extractor.type"), R"("DpathExtractor")");
  EXPECT_EQ(at(root, retriever + "record_selector.record_filter.type"), R"("RecordFilter")");
  EXPECT_EQ(at(root, retriever + "paginator.type"), R"("NoPagination")");
  EXPECT_EQ(at(root, retriever + "partition_router.parent_stream_configs.0.stream.type"),
            R"("DeclarativeStream")");
  EXPECT_EQ(at(root, stream + "incremental_sync.start_datetime.type"), R"("MinMaxDatetime")");
  EXPECT_EQ(at(root, stream + "incremental_sync.end_datetime"), R"("now")");
  EXPECT_EQ(at(root, stream + "transformations.0.fields.0.type"), R"("AddedFieldDefinition")");
}

TEST(Parameters, InferNoTypeThatWouldLoseWhatIsWritten) {
  const Node root = completed(R"(
streams:
  - retriever:
      requester: {class_name: x.Y}
      paginator: {pagination_strategy: {type: PageIncrement}}
)");

  EXPECT_EQ(at(root, "streams.0.retriever.requester.type"), "absent");
  EXPECT_EQ(at(root, "streams.0.retriever.paginator.type"), "absent");
}

TEST(Parameters, ReachEveryDescendantThatLacksTheField) {
  const Node root = completed(R"(
streams:
  - $parameters: {name: users, path: /users, field_path: [data], unknown: 1}
    retriever:
      requester: {type: HttpRequester, url_base: u}
      record_selector: {extractor: {type: DpathExtractor}}
)");
  const std::string retriever = "streams.0.retriever.";

  EXPECT_EQ(at(root, "streams.0.name"), R"("users")");
  EXPECT_EQ(at(root, retriever + "requester.path"), R"("/users")");
  EXPECT_EQ(at(root, retriever + "record_selector.extractor.field_path"), R"(["data"])");
  // Only what is a field of the component; all of them for templates.
  EXPECT_EQ(at(root, retriever + "path"), "absent");
  EXPECT_EQ(at(root, retriever + "requester.unknown"), "absent");
  EXPECT_EQ(at(root, retriever + "requester.$parameters"),
            R"({"name":"users","path":"/users","field_path":["data"],"unknown":1})");
}

TEST(Parameters, GiveWayToFieldsThatAreNotEmptyAndToTheComponentsOwn) {
  const Node root = completed(R"(
streams:
  - $parameters: {name: outer, path: /outer, inject_on_first_request: true}
    name: written
    retriever:
      $parameters: {path: /inner}
      requester: {url_base: u, path: ''}
      paginator:
        type: DefaultPaginator
        pagination_strategy: {type: PageIncrement, inject_on_first_request: false}
)");
  const std::string retriever = "streams.0.retriever.";

  EXPECT_EQ(at(root, "streams.0.name"), R"("written")");
  EXPECT_EQ(at(root, retriever + "requester.path"), R"("/inner")");
  EXPECT_EQ(at(root, retriever + "requester.$parameters.name"), R"("outer")");
  EXPECT_EQ(at(root, retriever + "paginator.pagination_strategy.inject_on_first_request"), "true");
}

TEST(Parameters, AreNotHandedIntoTheFieldOfTheirOwnName) {
  const Node root = completed(R"(
streams:
  - $parameters:
      request_option: {type: RequestOption, inject_into: header, field_name: x}
    retriever:
      partition_router: {type: ListPartitionRouter, values: [a], cursor_field: c}
)");
  const std::string router = "streams.0.retriever.partition_router.";

  EXPECT_EQ(at(root, router + "request_option.field_name"), R"("x")");
  EXPECT_EQ(at(root, router + "request_option.$parameters"), "absent");
  EXPECT_THAT(at(root, router + "$parameters"), HasSubstr("request_option"));
}

TEST(Parameters, LeaveSchemasAndFreePartsAlone) {
  const Node root = completed(R"(
streams:
  - $parameters: {name: users, type: t, path: /users}
    schema_loader:
      type: InlineSchemaLoader
      schema: {type: object, properties: {type: {type: string}, path: {type: string}}}
    retriever:
      requester: {url_base: u, request_parameters: {type: product}}
)");

  EXPECT_EQ(at(root, "streams.0.type"), R"("DeclarativeStream")");
  EXPECT_EQ(
      at(root, "streams.0.schema_loader.schema"),
      R"({"type":"object","properties":{"type":{"type":"string"},"path":{"type":"string"}}})");
  EXPECT_EQ(at(root, "streams.0.retriever.requester.request_parameters"), R"({"type":"product"})");
}

TEST(Parameters, ReachNamedComponents) {
  const Node root = completed(R"(
streams:
  - $parameters: {header: X-Key}
    retriever:
      requester:
        authenticator:
          type: SelectiveAuthenticator
          authenticators: {key: {type: ApiKeyAuthenticator}}
)");

  EXPECT_EQ(at(root, "streams.0.retriever.requester.authenticator.authenticators.key.header"),
            R"("X-Key")");
}

TEST(Parameters, KeepTheirPlace) {
  const Node root = completed(
      "streams:\n"
      "  - $parameters:\n"
      "      path: /users\n"
      "    retriever: {requester: {url_base: u}}\n");

  const Node& path =
      *root.find("streams")->items[0].find("retriever")->find("requester")->find("path");

  EXPECT_EQ(to_string(path.position), "m.yaml:3:13");
  EXPECT_EQ(path.key_path, "streams.0.retriever.requester.path");
}

TEST(Parameters, MustBeAMapping) {
  Node root =
      resolve_references(parse_yaml("streams:\n  - $parameters: x\n", "m.yaml").value()).value();

  const Status status = apply_parameters(root);

  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message,
              HasSubstr("m.yaml:2:18: streams.0.$parameters: must be a mapping"));
}

TEST(Parameters, CanNotBlowUpTheTree) {
  std::string yaml = "$parameters:\n  big: [";
  for (int item = 0; item < 2000; ++item) {
    yaml += "x, ";
  }
  yaml += "x]\nstreams:\n";
  for (int stream = 0; stream < 300; ++stream) {
    yaml += "  - {name: s}\n";
  }
  Node root = resolve_references(parse_yaml(yaml, "m.yaml").value()).value();

  const Status status = apply_parameters(root);

  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("grows too large by its $parameters"));
}

}  // namespace
}  // namespace tendril

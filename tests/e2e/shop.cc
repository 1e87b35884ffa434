#include "shop.h"

#include <fstream>
#include <utility>

namespace tendril {
namespace {

constexpr std::string_view kManifest = R"(version: 6.48.0
type: DeclarativeSource
check:
  type: CheckStream
  stream_names: [items]
definitions:
  requester:
    type: HttpRequester
    url_base: "{{ config['url'] }}"
    authenticator:
      type: BearerAuthenticator
      api_token: "{{ config['token'] }}"
    error_handler:
      type: DefaultErrorHandler
      max_retries: 0
  selector:
    type: RecordSelector
    extractor:
      type: DpathExtractor
      field_path: [data]
  schema:
    type: InlineSchemaLoader
    schema:
      type: object
      properties:
        id: {type: integer}
        name: {type: string}
streams:
  - type: DeclarativeStream
    name: items
    primary_key: [id]
    retriever:
      type: SimpleRetriever
      requester:
        $ref: "#/definitions/requester"
        path: /items
      record_selector:
        $ref: "#/definitions/selector"
      paginator:
        type: DefaultPaginator
        page_token_option:
          type: RequestOption
          inject_into: request_parameter
          field_name: page
        pagination_strategy:
          type: PageIncrement
          page_size: 2
          start_from_page: 1
          inject_on_first_request: true
    schema_loader:
      $ref: "#/definitions/schema"
  - type: DeclarativeStream
    name: orders
    primary_key: [id]
    retriever:
      type: SimpleRetriever
      requester:
        $ref: "#/definitions/requester"
        path: /orders
      record_selector:
        $ref: "#/definitions/selector"
    schema_loader:
      $ref: "#/definitions/schema"
spec:
  type: Spec
  connection_specification:
    type: object
    additionalProperties: false
    required: [url, token]
    properties:
      url: {type: string}
      token: {type: string, airbyte_secret: true}
)";

}  // namespace

void Shop::SetUp() {
  write_manifest();
  write_file("config.json", "{\n  \"url\": \"" + imposter_.origin() + "\",\n  \"token\": \"" +
                                std::string(kToken) + "\"\n}\n");
}

void Shop::write_manifest(std::string_view from, std::string_view to) {
  std::string text(kManifest);
  if (!from.empty()) {
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos);
    text.replace(at, from.size(), to);
  }
  write_file("shop.yaml", text);
}

void Shop::write_file(const std::string& name, std::string_view text) const {
  std::ofstream(folder_ / name) << text;
}

void Shop::serve_good_data() {
  imposter_.when("GET", "/items").answer(200, R"({"data":[]})");
  imposter_.when("GET", "/items")
      .with_query("page", "1")
      .answer(200, R"({"data":[{"id":1,"name":"one"},{"id":2,"name":"two"}]})");
  imposter_.when("GET", "/items")
      .with_query("page", "2")
      .answer(200, R"({"data":[{"id":3,"name":"three"}]})");
  imposter_.when("GET", "/orders").answer(200, R"({"data":[{"id":7,"name":"seven"}]})");
}

std::vector<std::string> Shop::sync_arguments(std::vector<std::string> more) const {
  std::vector<std::string> arguments = {"sync",     path("shop.yaml").string(),
                                        "--config", path("config.json").string(),
                                        "--to",     "duckdb:" + path("shop.duckdb").string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::string Shop::everything() const {
  std::string text;
  const Warehouse data = warehouse();
  for (const std::string& table : data.tables()) {
    for (const auto& [key, hash] : data.row_hashes(table, "id")) {
      text.append(table).append(" ").append(key).append(" ").append(hash).append("\n");
    }
  }
  return text;
}

}  // namespace tendril

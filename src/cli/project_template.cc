#include "cli/project_template.h"

#include <fmt/format.h>

#include "cli/connector_search.h"

namespace tendril {
namespace {

constexpr std::string_view kPythonConnector =
    R"(# A connector of the Fivetran Connector SDK. Run it with `tendril debug`.
from fivetran_connector_sdk import Connector
from fivetran_connector_sdk import Logging
from fivetran_connector_sdk import Operations as op


def schema(configuration: dict):
    """The tables and their keys. Columns that are not named get their types from the values."""
    return [{"table": "greetings", "primary_key": ["id"], "columns": {"said_at": "UTC_DATETIME"}}]


def update(configuration: dict, state: dict):
    """Sends what is new since the last sync, and says with checkpoint() where the next one goes on."""
    first = state.get("next_id", 1)
    Logging.info(f"reading from id {first}")
    for number in range(first, first + 3):
        op.upsert("greetings", {"id": number,
                                "text": f"Hello, {configuration.get('name', 'world')}!",
                                "said_at": f"2024-01-01T00:00:{number % 60:02}Z"})
    op.checkpoint({"next_id": first + 3})


connector = Connector(update=update, schema=schema)

if __name__ == "__main__":
    connector.debug()
)";

constexpr std::string_view kCppConnector =
    R"(// A connector in C++. Build it, then run it with `tendril debug`.
#include <chrono>
#include <string>
#include <vector>

#include <tendril/connector.h>

using namespace tendril::sdk;

class Greetings : public Connector {
  // The tables and their keys. Columns that are not named get their types from the values.
  std::vector<Table> schema(const Configuration&) override {
    return {{"greetings", {"id"}, {{"said_at", Type::UtcDatetime}}}};
  }

  // Sends what is new since the last sync, and says with checkpoint() where the next one goes on.
  void update(const Configuration& configuration, const State& state, Sync& sync) override {
    const std::int64_t first = state.value_or("next_id", 1);
    sync.info("reading from id " + std::to_string(first));
    const std::string text = "Hello, " + configuration.value_or("name", "world") + "!";
    const std::chrono::sys_days day = std::chrono::year(2024) / 1 / 1;
    for (std::int64_t id = first; id < first + 3; ++id) {
      sync.upsert("greetings",
                  {{"id", id}, {"text", text}, {"said_at", day + std::chrono::seconds(id % 60)}});
    }
    sync.checkpoint({{"next_id", first + 3}});
  }
};

TENDRIL_CONNECTOR(Greetings)
)";

constexpr std::string_view kCppBuild =
    R"(cmake_minimum_required(VERSION 3.25)
project({0} LANGUAGES CXX)

# Where Tendril is installed elsewhere than in /usr or /usr/local: -DCMAKE_PREFIX_PATH=FOLDER
find_package(Tendril REQUIRED)
tendril_add_connector({0} SOURCES connector.cc)
)";

constexpr std::string_view kCppReadme =
    R"(# {0}

A connector for Tendril, in `connector.cc`.

```
cmake -B build -DCMAKE_BUILD_TYPE=Release
cmake --build build
tendril debug build/{0}
```

Rows go to `files/warehouse.db` (DuckDB, schema `tester`), the state to `files/state.json`; `tendril reset` removes both.
Settings are in `configuration.json`.
)";

constexpr std::string_view kManifest =
    R"(# A connector without code. Check it with `tendril lint`, and run it with `tendril sync`.
version: 6.48.0
type: DeclarativeSource
description: Items of an API that answers page by page.

check:
  type: CheckStream
  stream_names: [items]

streams:
  - type: DeclarativeStream
    name: items
    primary_key: [id]
    retriever:
      type: SimpleRetriever
      requester:
        type: HttpRequester
        url_base: "{{{{ config['base_url'] }}}}"
        path: /items
        authenticator:
          type: BearerAuthenticator
          api_token: "{{{{ config['api_key'] }}}}"
      record_selector:
        type: RecordSelector
        extractor:
          type: DpathExtractor
          field_path: [items]
      paginator:
        type: DefaultPaginator
        page_token_option:
          type: RequestOption
          inject_into: request_parameter
          field_name: page
        pagination_strategy:
          type: PageIncrement
          start_from_page: 1
          page_size: 100
    schema_loader:
      type: InlineSchemaLoader
      schema:
        $schema: http://json-schema.org/draft-07/schema#
        type: object
        properties:
          id: {{type: integer}}
          name: {{type: [string, "null"]}}
          updated_at: {{type: [string, "null"], format: date-time}}

spec:
  type: Spec
  connection_specification:
    $schema: http://json-schema.org/draft-07/schema#
    title: {0}
    type: object
    additionalProperties: false
    required: [base_url, api_key]
    properties:
      base_url:
        type: string
        title: Address
        description: Where the API is, with its version.
        examples: ["https://api.example.com/v1"]
      api_key:
        type: string
        title: API key
        description: A key that may read items.
        airbyte_secret: true
)";

constexpr std::string_view kManifestReadme =
    R"(# {0}

A connector for Tendril, in `manifest.yaml`; its settings are in `config.json`.

```
tendril lint .
tendril check . --config config.json
tendril sync . --config config.json --to duckdb:warehouse.duckdb
```
)";

}  // namespace

std::vector<TemplateFile> template_files(ProjectTemplate kind, std::string_view folder_name) {
  const std::string name = connector_name(std::string(folder_name));
  switch (kind) {
    case ProjectTemplate::Python:
      return {{"connector.py", std::string(kPythonConnector)},
              {"configuration.json", "{\n  \"name\": \"world\"\n}\n", FileReaders::Owner},
              {"requirements.txt", ""}};
    case ProjectTemplate::Cpp:
      return {{"connector.cc", std::string(kCppConnector)},
              {"CMakeLists.txt", fmt::format(fmt::runtime(kCppBuild), name)},
              {"configuration.json", "{\n  \"name\": \"world\"\n}\n", FileReaders::Owner},
              {".gitignore", "build/\nfiles/\n"},
              {"README.md", fmt::format(fmt::runtime(kCppReadme), name)}};
    case ProjectTemplate::Manifest: break;
  }
  return {{"manifest.yaml", fmt::format(fmt::runtime(kManifest), name)},
          {"config.json",
           "{\n  \"base_url\": \"https://api.example.com/v1\",\n  \"api_key\": \"\"\n}\n",
           FileReaders::Owner},
          {".gitignore", "config.json\n*.duckdb\n"},
          {"README.md", fmt::format(fmt::runtime(kManifestReadme), name)}};
}

std::string template_advice(ProjectTemplate kind, std::string_view folder, std::string_view name) {
  switch (kind) {
    case ProjectTemplate::Python: return fmt::format("run it with: tendril debug {}", folder);
    case ProjectTemplate::Cpp:
      return fmt::format(
          "build and run it with: cd {} && cmake -B build && cmake --build build && "
          "tendril debug build/{}",
          folder, connector_name(std::string(name)));
    case ProjectTemplate::Manifest: break;
  }
  return fmt::format("check it with: tendril lint {}", folder);
}

}  // namespace tendril

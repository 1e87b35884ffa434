// Runs tests/manifest_cases/refused.yaml, and what does not fit its form.
#include "manifest/components.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manifest/component_rules.h"
#include "manifest/manifest_document.h"

namespace tendril {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(Components, RefuseEachOfTheCases) {
  std::ifstream file(TENDRIL_SOURCE_DIR "/tests/manifest_cases/refused.yaml");
  std::ostringstream text;
  text << file.rdbuf();
  const Node cases = parse_yaml(text.str(), "refused.yaml").value();
  ASSERT_FALSE(cases.items.empty());

  for (const Node& each : cases.items) {
    const Result<ManifestDocument> document =
        parse_manifest(each.text("manifest").value(), "m.yaml");

    ASSERT_FALSE(document.ok()) << each.text("name").value();
    const bool is_unsupported = each.text_or("code", "").value() == "unsupported";
    EXPECT_EQ(document.error().code,
              is_unsupported ? ErrorCode::Unsupported : ErrorCode::InvalidConfig)
        << each.text("name").value();
    EXPECT_THAT(document.error().message, StartsWith(each.text("error").value()))
        << each.text("name").value();
  }
}

constexpr std::string_view kOneStream = R"(
check: {stream_names: [a]}
streams:
  - name: a
    retriever:
      requester: {url_base: u}
      record_selector: {extractor: {field_path: []}}
)";

ManifestFindings findings_of(const std::string& yaml) {
  return check_components(resolve_manifest(yaml, "m.yaml").value());
}

TEST(Components, AcceptWhatIsRun) {
  const ManifestFindings findings = findings_of(std::string(kOneStream));

  EXPECT_TRUE(findings.faults.empty());
  EXPECT_THAT(findings.warnings, IsEmpty());
}

TEST(Components, WarnOfFieldsThatMeanNothingWhereTheyStand) {
  const ManifestFindings findings =
      findings_of(std::string(kOneStream) + "    path: /x\n    primarykey: y\n    colour: red\n");

  EXPECT_TRUE(findings.faults.empty());
  EXPECT_THAT(
      findings.warnings,
      ElementsAre(
          "m.yaml:8:11: streams.0.path: DeclarativeStream has no field: path; it is ignored",
          "m.yaml:9:17: streams.0.primarykey: DeclarativeStream has no field: primarykey; it is "
          "ignored "
          "(did you mean primary_key?)",
          HasSubstr("DeclarativeStream has no field: colour; it is ignored")));
}

TEST(Components, IgnoreDocumentationAndHintsOfOtherRuntimes) {
  const ManifestFindings findings = findings_of(std::string(kOneStream) + R"(
    description: what it is
    state_migrations: [{type: CustomStateMigration, class_name: x.Y}]
description: a connector
version: 1.2.3
metadata: {anything: [{type: Unheard}]}
max_concurrent_async_job_count: 3
spec:
  advanced_auth: {auth_flow_type: oauth2.0}
  documentation_url: https://example.com
  connection_specification: {type: object, properties: {type: {type: string}}}
)");

  EXPECT_TRUE(findings.faults.empty()) << findings.faults.front().message;
  EXPECT_THAT(findings.warnings, IsEmpty());
}

TEST(Components, AcceptUnsupportedFieldsThatAskForNothing) {
  const ManifestFindings findings = findings_of(std::string(kOneStream) + R"(
    file_uploader: null
dynamic_streams: []
)");

  EXPECT_TRUE(findings.faults.empty()) << findings.faults.front().message;
}

TEST(Components, LeaveSchemasAlone) {
  const ManifestFindings findings = findings_of(std::string(kOneStream) + R"(
    schema_loader:
      type: InlineSchemaLoader
      schema: {type: object, properties: {type: {type: CustomThing}, class_name: {type: Unheard}}}
)");

  EXPECT_TRUE(findings.faults.empty()) << findings.faults.front().message;
}

TEST(Components, LookIntoNamedComponents) {
  const ManifestFindings findings = findings_of(R"(
check: {stream_names: [a]}
streams:
  - name: a
    $parameters: {header: X-Key}
    retriever:
      requester:
        url_base: u
        authenticator:
          type: SelectiveAuthenticator
          authenticator_selection_path: [auth]
          authenticators:
            key: {type: ApiKeyAuthenticator, api_token: t}
            token: {type: BearerAuthenticator}
            other: {type: NoPagination}
      record_selector: {extractor: {field_path: []}}
)");

  ASSERT_EQ(findings.faults.size(), 2U);
  EXPECT_EQ(findings.faults[0].message,
            "m.yaml:14:20: streams.0.retriever.requester.authenticator.authenticators.token: "
            "BearerAuthenticator lacks the field: api_token");
  EXPECT_THAT(findings.faults[1].message, HasSubstr("component can not stand here: NoPagination"));
}

TEST(Components, StopAtAFewFaults) {
  std::string yaml = "check: {stream_names: [a]}\nstreams:\n";
  for (std::size_t stream = 0; stream < kFindingsMax + 50; ++stream) {
    yaml += "  - {type: Unheard}\n";
  }

  const ManifestFindings findings = findings_of(yaml);
  const Result<ManifestDocument> document = parse_manifest(yaml, "m.yaml");

  EXPECT_EQ(findings.faults.size(), kFindingsMax);
  EXPECT_THAT(document.error().message, HasSubstr("(and at least 99 more)"));
}

TEST(ComponentRules, NameOnlyComponentsThatAreRun) {
  for (const ComponentRule& component : run_components()) {
    for (const FieldRule& field : component.fields) {
      const bool holds = holds_components(field.kind);
      std::istringstream words{std::string(field.words)};
      for (std::string word; holds && words >> word;) {
        EXPECT_NE(find_component(word), nullptr)
            << component.name << "." << field.name << " " << word;
      }
      EXPECT_TRUE(field.inferred_type.empty() || is_language_component(field.inferred_type))
          << component.name << "." << field.name;
    }
  }
}

TEST(ComponentRules, NameEachFieldOnce) {
  for (const ComponentRule& component : run_components()) {
    std::set<std::string_view> names;
    for (const FieldRule& field : component.fields) {
      EXPECT_TRUE(names.insert(field.name).second) << component.name << "." << field.name;
    }
  }
}

TEST(ComponentRules, KnowTheLanguagesSchema) {
  std::ifstream file(TENDRIL_SOURCE_DIR "/../shared/manifests/declarative_component_schema.yaml");
  if (!file) {
    GTEST_SKIP() << "the language's schema is not at ../shared/manifests";
  }
  std::ostringstream text;
  text << file.rdbuf();
  const Node schema = parse_yaml(text.str(), "schema.yaml").value();

  for (const auto& [name, definition] : schema.find("definitions")->members) {
    const Node* properties = definition.find("properties");
    const Node* type = properties == nullptr ? nullptr : properties->find("type");
    if (type == nullptr || type->texts("enum").value().empty() || name.starts_with("Custom")) {
      continue;
    }
    const std::string component = type->texts("enum").value().front();
    EXPECT_TRUE(is_language_component(component)) << component;
    const ComponentRule* rule = find_component(component);
    for (const auto& [field, description] : properties->members) {
      const bool is_known = rule == nullptr || field == "type" || field == "$parameters" ||
                            rule->find(field) != nullptr;
      EXPECT_TRUE(is_known) << component << "." << field;
    }
  }
}

}  // namespace
}  // namespace tendril

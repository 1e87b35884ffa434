// Runs the cases in cases/*.yaml: for each rule a manifest that breaks it, and one that does not.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

#include "lint/lint_rule.h"
#include "lint/manifest_lint.h"

namespace tendril {
namespace {

const std::filesystem::path kCases = TENDRIL_SOURCE_DIR "/src/lint/cases";

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<Finding> lint_case(std::string_view rule, const std::string& manifest) {
  return lint_manifest(manifest, "m.yaml", {.portable = rule == "not-portable"});
}

// "error m.yaml:8:17: streams.0: message"
std::string shown(const Finding& finding) {
  std::string text(to_string(finding.severity));
  text += " " + to_string(finding.position) + ": " + finding.key_path;
  return text + (finding.key_path.empty() ? "" : ": ") + finding.message;
}

class LintCase : public testing::TestWithParam<std::string_view> {};

TEST_P(LintCase, IsToldOfTheBadManifestAndNotOfTheGoodOne) {
  const std::filesystem::path path = kCases / (std::string(GetParam()) + ".yaml");
  const Node written = parse_yaml(text_of(path), path.string()).value();

  const std::vector<Finding> bad = lint_case(GetParam(), written.text("bad").value());
  ASSERT_EQ(bad.size(), 1U) << (bad.empty() ? "" : shown(bad.back()));
  EXPECT_EQ(bad[0].rule, GetParam());
  EXPECT_EQ(bad[0].severity, lint_rule(GetParam()).severity);
  EXPECT_NE(bad[0].advice, "");
  EXPECT_EQ(shown(bad[0]), written.text("finding").value());

  for (const Finding& finding : lint_case(GetParam(), written.text("good").value())) {
    ADD_FAILURE() << finding.rule << ": " << shown(finding);
  }
}

std::vector<std::string_view> rule_ids() {
  std::vector<std::string_view> ids;
  for (const LintRule& rule : lint_rules()) {
    ids.push_back(rule.id);
  }
  return ids;
}

std::string name_of(const testing::TestParamInfo<std::string_view>& rule) {
  std::string name(rule.param);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Rules, LintCase, testing::ValuesIn(rule_ids()), name_of);

TEST(LintRules, AreDocumentedEachWithABadAndAGoodExample) {
  const std::string page = text_of(TENDRIL_SOURCE_DIR "/docs/reference/lint.md");
  for (const LintRule& rule : lint_rules()) {
    const std::string title = "\n## " + std::string(rule.id) + "\n";
    const std::size_t start = page.find(title);
    ASSERT_NE(start, std::string::npos) << rule.id;
    const std::string section = page.substr(start, page.find("\n## ", start + 1) - start);
    EXPECT_THAT(section, testing::HasSubstr("\nBad:\n")) << rule.id;
    EXPECT_THAT(section, testing::HasSubstr("\nGood:\n")) << rule.id;
  }
}

TEST(ManifestLint, TellsAllFaultsInOnePassInTheOrderOfTheFile) {
  const std::vector<Finding> findings = lint_manifest(
      "check: {stream_names: [a]}\n"
      "streams:\n"
      "  - name: a\n"
      "    retriever:\n"
      "      requester: {url_base: u, http_method: FETCH, path: \"{{ x }}\"}\n"
      "      record_selector: {extractor: {field_path: []}}\n"
      "    primry_key: id\n"
      "  - name: b\n"
      "    retriever: {requester: {url_base: u}}\n",
      "m.yaml", {});

  std::vector<std::string> rules;
  for (const Finding& finding : findings) {
    rules.push_back(std::to_string(finding.position.line) + " " + std::string(finding.rule));
  }
  EXPECT_THAT(rules, testing::ElementsAre("5 wrong-choice", "5 unknown-variable", "7 ignored-field",
                                          "9 missing-field"));
}

TEST(ManifestLint, TellsASharedFaultOnce) {
  const std::vector<Finding> findings = lint_manifest(
      "definitions:\n"
      "  stream:\n"
      "    retriever:\n"
      "      requester: {url_base: u, path: \"{{ x }}\"}\n"
      "      record_selector: {extractor: {field_path: []}}\n"
      "check: {stream_names: [a]}\n"
      "streams:\n"
      "  - {$ref: \"#/definitions/stream\", name: a}\n"
      "  - {$ref: \"#/definitions/stream\", name: b}\n",
      "m.yaml", {});

  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(shown(findings[0]),
            "error m.yaml:4:38: streams.0.retriever.requester.path: variable is unknown: x at "
            "line 1, column 4 of the template");
}

TEST(ManifestLint, NeverShowsASecret) {
  const std::string bad =
      parse_yaml(text_of(kCases / "plain-secret.yaml"), "c")->text("bad").value();
  for (const Finding& finding : lint_manifest(bad, "m.yaml", {})) {
    EXPECT_THAT(shown(finding) + finding.advice, testing::Not(testing::HasSubstr("q8Zr4")));
  }
}

}  // namespace
}  // namespace tendril

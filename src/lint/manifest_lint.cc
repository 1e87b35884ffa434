#include "lint/manifest_lint.h"

#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/error.h"
#include "lint/checks.h"
#include "lint/finding_list.h"
#include "manifest/manifest_document.h"
#include "manifest/parameters.h"
#include "manifest/references.h"

namespace tendril {
namespace {

// Takes "12:" from the front of `text`.
std::optional<std::size_t> take_number(std::string_view& text) {
  std::size_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, number);
  if (fault != std::errc() || stop == end || *stop != ':') {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
  return number;
}

// The finding of an error that starts with its place, as Node::error() and parse_yaml() write it.
Finding finding_of(std::string_view rule, const Error& error, std::string_view file) {
  std::string_view rest = error.message;
  Finding finding{.rule = rule,
                  .severity = Severity::Error,
                  .position = {std::make_shared<const std::string>(file), 1, 1},
                  .key_path = {},
                  .message = {},
                  .advice = {}};
  if (rest.starts_with(file) && rest.substr(file.size()).starts_with(':')) {
    rest.remove_prefix(file.size() + 1);
    if (const auto line = take_number(rest)) {
      finding.position.line = *line;
      finding.position.column = take_number(rest).value_or(1);
    }
  }
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  finding.message = rest;
  return finding;
}

std::string_view rule_of(ReferenceFault::Kind kind) {
  switch (kind) {
    case ReferenceFault::Kind::Malformed: return "malformed-reference";
    case ReferenceFault::Kind::Undefined: return "undefined-reference";
    case ReferenceFault::Kind::Circular: return "circular-reference";
    case ReferenceFault::Kind::TooLarge: return "too-large";
  }
  return "undefined-reference";
}

Node resolve(const Node& written, FindingList& findings) {
  ResolvedReferences resolved = resolve_all_references(written);
  for (ReferenceFault& fault : resolved.faults) {
    findings.add(Finding{.rule = rule_of(fault.kind),
                         .severity = Severity::Error,
                         .position = fault.position,
                         .key_path = std::move(fault.key_path),
                         .message = std::move(fault.message),
                         .advice = {}});
  }
  return std::move(resolved.manifest);
}

void check_all(const Node& manifest, FindingList& findings) {
  check_component_rules(manifest, findings);
  check_templates(manifest, findings);
  check_cursors(manifest, findings);
  check_page_order(manifest, findings);
  check_secrets(manifest, findings);
}

// What the loader refuses beside all that.
void check_assembly(const Node& manifest, std::string_view file, FindingList& findings) {
  const auto document = assemble_manifest(manifest, file);
  if (!document.ok()) {
    const bool is_unsupported = document.error().code == ErrorCode::Unsupported;
    findings.add(
        finding_of(is_unsupported ? "not-supported" : "invalid-manifest", document.error(), file));
  }
}

}  // namespace

std::vector<Finding> lint_manifest(std::string_view text, std::string_view file,
                                   const LintOptions& options) {
  FindingList findings;
  const Result<Node> written = parse_yaml(text, file);
  if (!written.ok() || written->kind != Node::Kind::Mapping) {
    findings.add(finding_of(
        "unreadable",
        written.ok() ? written->error("a manifest must be a mapping") : written.error(), file));
    return std::move(findings).finish();
  }
  Node manifest = resolve(*written, findings);
  const bool has_loose_ends = findings.has_errors();
  if (const Status completed = apply_parameters(manifest); !completed.ok()) {
    const bool is_too_large = completed.error().message.ends_with("by its $parameters");
    findings.add(finding_of(is_too_large ? "too-large" : "wrong-type", completed.error(), file));
    return std::move(findings).finish();
  }
  set_key_paths(manifest, "");
  check_all(manifest, findings);
  if (has_loose_ends) {
    // What a reference would have brought is missing for no other reason.
    findings.drop("missing-field");
    findings.drop("missing-type");
    findings.drop("wrong-type");
  } else if (!findings.has_errors()) {
    check_assembly(manifest, file, findings);
  }
  if (options.portable) {
    check_portability(manifest, findings);
  }
  return std::move(findings).finish();
}

}  // namespace tendril

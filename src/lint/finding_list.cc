#include "lint/finding_list.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "lint/lint_rule.h"

namespace tendril {

void FindingList::add(std::string_view rule, const Node& where, std::string message,
                      std::string advice) {
  add(Finding{.rule = rule,
              .severity = Severity::Error,
              .position = where.position,
              .key_path = where.key_path,
              .message = std::move(message),
              .advice = std::move(advice)});
}

void FindingList::add(Finding finding) {
  const LintRule& rule = lint_rule(finding.rule);
  std::string identity(rule.id);
  identity += " " + to_string(finding.position) + " " + finding.message;
  if (!seen_.insert(std::move(identity)).second) {
    return;
  }
  finding.rule = rule.id;
  finding.severity = rule.severity;
  if (finding.advice.empty()) {
    finding.advice = rule.advice;
  }
  findings_.push_back(std::move(finding));
}

bool FindingList::has_errors() const {
  return std::any_of(findings_.begin(), findings_.end(),
                     [](const Finding& each) { return each.severity == Severity::Error; });
}

void FindingList::drop(std::string_view rule) {
  std::erase_if(findings_, [&](const Finding& each) { return each.rule == rule; });
}

std::vector<Finding> FindingList::finish() && {
  std::stable_sort(findings_.begin(), findings_.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.position.line, a.position.column) <
           std::tie(b.position.line, b.position.column);
  });
  return std::move(findings_);
}

}  // namespace tendril

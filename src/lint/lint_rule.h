// LintRule: one kind of finding. docs/reference/lint.md explains each, with examples.
#pragma once

#include <span>
#include <string_view>

#include "lint/finding.h"

namespace tendril {

struct LintRule {
  std::string_view id;
  Severity severity = Severity::Error;
  std::string_view advice;  // What to do, unless a finding knows better.
};

std::span<const LintRule> lint_rules();

// REQUIRES: there is a rule with this id.
const LintRule& lint_rule(std::string_view id);

}  // namespace tendril

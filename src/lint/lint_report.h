// LintReport: the findings of several manifests, counted and as text or JSON.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lint/finding.h"

namespace tendril {

struct LintReport {
  std::size_t files = 0;
  std::vector<Finding> findings;

  std::size_t count(Severity severity) const;

  // Adds those of one more file; notes only if they are wanted.
  void add(std::vector<Finding> of_file, bool with_notes);

  // One line a finding, "file:line:column: error: path: message; advice [rule]", and one that sums
  // up.
  std::string text() const;

  // {"files": 1, "findings": [{"rule": …, "severity": …, "file": …, "line": 1, "column": 1,
  // "path": …, "message": …, "advice": …}], "errors": 0, "warnings": 1}
  std::string json() const;
};

}  // namespace tendril

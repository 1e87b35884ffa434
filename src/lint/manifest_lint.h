// Lint of one manifest: everything that is wrong with it, in one pass, by the rules that the loader
// itself has, and by what makes connectors fail in production.
#pragma once

#include <string_view>
#include <vector>

#include "lint/finding.h"

namespace tendril {

struct LintOptions {
  bool portable = false;  // Report what only this program runs, too.
};

// `file` is for messages. The findings come in the order of the file, notes included.
std::vector<Finding> lint_manifest(std::string_view text, std::string_view file,
                                   const LintOptions& options);

}  // namespace tendril

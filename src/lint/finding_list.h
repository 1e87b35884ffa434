// FindingList: collects the findings of one manifest. What a shared definition causes is said once.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lint/finding.h"
#include "manifest/node.h"

namespace tendril {

// Threads: one at a time.
class FindingList {
 public:
  // An empty `advice` is the rule's own. REQUIRES: there is such a rule.
  void add(std::string_view rule, const Node& where, std::string message, std::string advice = {});
  void add(Finding finding);

  bool has_errors() const;
  // Forgets what was found by this rule.
  void drop(std::string_view rule);

  // In the order of the file.
  std::vector<Finding> finish() &&;

 private:
  std::vector<Finding> findings_;
  std::set<std::string> seen_;
};

}  // namespace tendril

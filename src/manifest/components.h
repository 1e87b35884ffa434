// Checks that every component of a manifest, and every field, is one that this version runs, so
// that a connector never starts with a part of it silently left out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "manifest/node.h"

namespace tendril {

struct ManifestFindings {
  // InvalidConfig for what is wrong, Unsupported for what this version does not run: each with
  // file, line, column, key path and the component's name. In file order of the resolved tree; what
  // a shared definition causes is said once. At most kFindingsMax.
  std::vector<Error> faults;
  // Fields that the language has, but not in that component; the reference ignores them too.
  std::vector<std::string> warnings;
};

inline constexpr std::size_t kFindingsMax = 100;

// `manifest` is resolved and completed: see references.h and parameters.h.
ManifestFindings check_components(const Node& manifest);

// The same for one component of one of these types, separated by blanks.
ManifestFindings check_components(const Node& component, std::string_view types);

// Turns faults into one error: the first, and how many there are. ok() without any.
Status refuse_faults(const ManifestFindings& findings);

}  // namespace tendril

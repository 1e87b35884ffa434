// What lint looks at, one function for each theme. Each takes a manifest that is resolved and
// completed (see references.h and parameters.h) and appends to `findings`.
#pragma once

#include "lint/finding_list.h"
#include "manifest/node.h"

namespace tendril {

// Components and fields, by the rules that the loader has: see components.h.
void check_component_rules(const Node& manifest, FindingList& findings);

// What only this program runs: see is_extension().
void check_portability(const Node& manifest, FindingList& findings);

// Templates: that they compile, and that each variable can exist where it is used.
void check_templates(const Node& manifest, FindingList& findings);

// The windows of cursors by time.
void check_cursors(const Node& manifest, FindingList& findings);

// The order in which pages are asked for. Requirement I23.
void check_page_order(const Node& manifest, FindingList& findings);

// Secrets that stand in the manifest itself. Requirement P10.
void check_secrets(const Node& manifest, FindingList& findings);

}  // namespace tendril

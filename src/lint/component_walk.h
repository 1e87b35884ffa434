// Visits the components of a manifest that is resolved and completed, the outer ones first.
#pragma once

#include <functional>
#include <vector>

#include "manifest/component_rules.h"
#include "manifest/node.h"

namespace tendril {

struct VisitedComponent {
  const Node& node;
  const ComponentRule& rule;
  // The components that it stands in, the nearest last.
  const std::vector<const Node*>& owners;
};

// Those with custom code or of an unknown type, and all in them, are left out.
void for_each_component(const Node& manifest,
                        const std::function<void(const VisitedComponent&)>& visit);

}  // namespace tendril

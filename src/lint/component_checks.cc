#include <string>
#include <string_view>

#include "lint/checks.h"
#include "lint/component_walk.h"
#include "manifest/component_rules.h"
#include "manifest/components.h"

namespace tendril {
namespace {

// So many are enough to work on.
constexpr std::size_t kFaultsMax = 1000;

// What `$parameters` once held, and a tool wrote into all components below.
bool is_leftover(std::string_view key_path) {
  const std::string_view field = key_path.substr(key_path.rfind('.') + 1);
  return field == "name" || field == "path" || field == "primary_key";
}

std::string_view rule_of(const ComponentFault& fault) {
  using enum ComponentFault::Kind;
  switch (fault.kind) {
    case WrongType: return "wrong-type";
    case WrongChoice: return "wrong-choice";
    case MissingType: return "missing-type";
    case MissingField: return "missing-field";
    case UnknownComponent: return "unknown-component";
    case MisplacedComponent: return "misplaced-component";
    case UnknownField: return "unknown-field";
    case IgnoredField: return is_leftover(fault.key_path) ? "leftover-field" : "ignored-field";
    case Custom: return "custom-code";
    case NotSupported: return "not-supported";
  }
  return "invalid-manifest";
}

// What to do instead of one of our own components or fields.
std::string portable_advice(std::string_view component, std::string_view field) {
  if (component == "NewestFirst" || component == "AdaptiveWindow") {
    return "put the DatetimeBasedCursor that it holds in its place, with a step that always works";
  }
  if (component == "Overlap") {
    return "put the cursor that it holds in its place; a DatetimeBasedCursor with a "
           "lookback_window";
  }
  if (component == "IdCursor") {
    return "page with a CursorPagination over the last record's id, and filter by a "
           "DatetimeBasedCursor or an IncrementingCountCursor";
  }
  if (component == "BatchHydration" || field == "hydration") {
    return "read the details as a stream of their own, by a SubstreamPartitionRouter in a "
           "GroupingPartitionRouter";
  }
  if (field == "load_mode") {
    return "take it out: the reference reads a stream with a cursor from the oldest record on";
  }
  return field == "on_error" ? "take it out: the reference ends the stream at the first such record"
                             : std::string();
}

}  // namespace

void check_component_rules(const Node& manifest, FindingList& findings) {
  for (ComponentFault& fault : find_component_faults(manifest, kFaultsMax)) {
    findings.add(Finding{.rule = rule_of(fault),
                         .severity = Severity::Error,
                         .position = fault.position,
                         .key_path = std::move(fault.key_path),
                         .message = std::move(fault.message),
                         .advice = {}});
  }
}

void check_portability(const Node& manifest, FindingList& findings) {
  for_each_component(manifest, [&](const VisitedComponent& component) {
    const std::string_view type = component.rule.name;
    if (is_extension(type)) {
      findings.add("not-portable", component.node,
                   "the reference has no such component: " + std::string(type),
                   portable_advice(type, {}));
      return;
    }
    for (const auto& [name, value] : component.node.members) {
      // The component that stands in the field is told instead.
      const bool is_told = is_extension(value.type());
      if (value.kind != Node::Kind::Null && is_extension(type, name) && !is_told) {
        findings.add("not-portable", value,
                     "the reference has no such field: " + std::string(type) + "." + name,
                     portable_advice(type, name));
      }
    }
  });
}

}  // namespace tendril

// Where templates stand, and which variables can have a value there when the reference runs it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lint/component_walk.h"
#include "manifest/node.h"

namespace tendril {

// Returns the names that a template in this field may use, without "config" and "parameters",
// which are known everywhere; nullopt where that depends on more than the place.
std::optional<std::span<const std::string_view>> known_variables(const VisitedComponent& component,
                                                                 std::string_view field);

// True for names that some template somewhere may use.
bool is_variable(std::string_view name);

// True for variables of asynchronous jobs and sessions, which exist in requesters that stand for
// one of their steps: known_variables() does not name them.
bool is_variable_of_steps(std::string_view name);

// A text that holds a template, in a field of a component.
struct TemplateText {
  const Node* node = nullptr;  // The text, or what a mapping's key names.
  std::string_view field;      // Of the component.
  std::string_view text;
};

// Those of the component itself, not of the components in it.
std::vector<TemplateText> templates_of(const VisitedComponent& component);

}  // namespace tendril

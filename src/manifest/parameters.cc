#include "manifest/parameters.h"

#include <algorithm>

#include "manifest/component_rules.h"
#include "manifest/node_edit.h"

namespace tendril {
namespace {

constexpr std::string_view kParameters = "$parameters";

// Empty as the reference's language has it: what a parameter takes the place of.
bool is_empty(const Node* node) {
  if (node == nullptr || node->kind == Node::Kind::Null) {
    return true;
  }
  const Value& scalar = node->scalar;
  switch (node->kind) {
    case Node::Kind::Sequence: return node->items.empty();
    case Node::Kind::Mapping: return node->members.empty();
    default:
      return scalar == Value(false) || scalar == Value(0) || scalar == Value(0.0) ||
             scalar == Value("");
  }
}

// Returns the member and takes it out.
std::optional<Node> take_member(Node& node, std::string_view key) {
  const auto found = std::find_if(node.members.begin(), node.members.end(),
                                  [&](const Node::Member& each) { return each.first == key; });
  if (found == node.members.end()) {
    return std::nullopt;
  }
  Node taken = std::move(found->second);
  node.members.erase(found);
  return taken;
}

class Completer {
 public:
  explicit Completer(bool outer_wins) : outer_wins_(outer_wins) {}

  // `inherited` is the mapping of parameters from above.
  Status complete(Node& component, std::string_view inferred_type, const Node& inherited) {
    if (component.kind != Node::Kind::Mapping) {
      return {};
    }
    infer_type(component, inferred_type);
    Node parameters = inherited;
    if (std::optional<Node> own = take_member(component, kParameters)) {
      if (own->kind != Node::Kind::Mapping && own->kind != Node::Kind::Null) {
        return own->error("must be a mapping");
      }
      for (auto& [name, value] : own->members) {
        if (!outer_wins_ || inherited.find(name) == nullptr) {
          set_member(parameters, name, std::move(value));
        }
      }
    }
    const ComponentRule* rule = find_component(component.type());
    if (rule == nullptr) {
      return {};
    }
    for (const auto& [name, value] : parameters.members) {
      if (rule->find(name) != nullptr && is_empty(component.find(name))) {
        TRY(charge(value));
        set_member(component, name, value);
      }
    }
    TRY(complete_members(component, *rule, parameters));
    if (!parameters.members.empty()) {
      TRY(charge(parameters));
      parameters.position = component.position;
      component.members.emplace_back(std::string(kParameters), std::move(parameters));
    }
    return {};
  }

 private:
  static void infer_type(Node& component, std::string_view inferred_type) {
    const bool has_one =
        component.find("type") != nullptr || component.find("class_name") != nullptr;
    // The reference takes any paginator without a type for NoPagination, and so reads one page
    // only; ours has to be empty for that.
    const bool would_lose_fields = inferred_type == "NoPagination" && !component.members.empty();
    if (has_one || inferred_type.empty() || would_lose_fields) {
      return;
    }
    Node type;
    type.kind = Node::Kind::Scalar;
    type.position = component.position;
    type.scalar = inferred_type;
    set_member(component, "type", std::move(type));
  }

  Status complete_members(Node& component, const ComponentRule& rule, Node& parameters) {
    for (auto& [name, value] : component.members) {
      const FieldRule* field = rule.find(name);
      if (field == nullptr || !holds_components(field->kind)) {
        continue;
      }
      // Else a parameter that holds a component would be put into itself for ever.
      std::optional<Node> kept = take_member(parameters, name);
      TRY(complete_value(value, *field, parameters));
      if (kept) {
        parameters.members.emplace_back(name, *std::move(kept));
      }
    }
    return {};
  }

  Status complete_value(Node& value, const FieldRule& field, const Node& parameters) {
    if (field.kind == FieldKind::NamedComponents || field.kind == FieldKind::Parameters) {
      for (auto& [name, component] : value.members) {
        TRY(complete(component, field.inferred_type, parameters));
      }
      return {};
    }
    for (Node& item : value.items) {
      TRY(complete(item, field.inferred_type, parameters));
    }
    return complete(value, field.inferred_type, parameters);
  }

  Status charge(const Node& added) {
    nodes_ += count_nodes(added);
    if (nodes_ > kYamlNodesMax) {
      return added.error("the manifest grows too large by its $parameters");
    }
    return {};
  }

  const bool outer_wins_;
  std::size_t nodes_ = 0;
};

}  // namespace

Status apply_parameters(Node& manifest) {
  return apply_parameters(manifest, "DeclarativeSource", false);
}

Status apply_parameters(Node& component, std::string_view inferred_type, bool outer_wins) {
  Node none;
  none.kind = Node::Kind::Mapping;
  return Completer(outer_wins).complete(component, inferred_type, none);
}

}  // namespace tendril

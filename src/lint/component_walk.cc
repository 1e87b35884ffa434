#include "lint/component_walk.h"

namespace tendril {
namespace {

class ComponentWalk {
 public:
  explicit ComponentWalk(const std::function<void(const VisitedComponent&)>& visit)
      : visit_(visit) {}

  void walk(const Node& node) {
    if (node.find("class_name") != nullptr) {
      return;  // Code decides what becomes of what is in it.
    }
    const ComponentRule* rule = find_component(node.type());
    if (rule == nullptr) {
      return node.type().empty() ? walk_all(node) : void();
    }
    visit_({node, *rule, owners_});
    owners_.push_back(&node);
    for (const auto& [name, value] : node.members) {
      const FieldRule* field = rule->find(name);
      if (field != nullptr && holds_components(field->kind)) {
        walk(value);
      }
    }
    owners_.pop_back();
  }

 private:
  // Of a list of components, or a mapping from names to them.
  void walk_all(const Node& node) {
    for (const Node& item : node.items) {
      walk_known(item);
    }
    for (const auto& [name, value] : node.members) {
      walk_known(value);
    }
  }

  void walk_known(const Node& node) {
    if (find_component(node.type()) != nullptr) {
      walk(node);
    }
  }

  const std::function<void(const VisitedComponent&)>& visit_;
  std::vector<const Node*> owners_;
};

}  // namespace

void for_each_component(const Node& manifest,
                        const std::function<void(const VisitedComponent&)>& visit) {
  ComponentWalk(visit).walk(manifest);
}

}  // namespace tendril

#include "lint/setting_names.h"

#include <string_view>

#include "lint/component_walk.h"

namespace tendril {
namespace {

using Names = std::set<std::string, std::less<>>;

void add_properties(const Node& schema, Names& names) {
  if (const Node* properties = schema.find("properties")) {
    for (const auto& [name, property] : properties->members) {
      names.insert(name);
    }
  }
  for (const std::string_view key : {"oneOf", "anyOf", "allOf"}) {
    if (const Node* alternatives = schema.find(key)) {
      for (const Node& alternative : alternatives->items) {
        add_properties(alternative, names);
      }
    }
  }
}

// The first step of a path.
void add_first(const Node* path, Names& names) {
  if (path != nullptr && !path->items.empty()) {
    const std::string* first = path->items.front().scalar.as_string();
    if (first != nullptr) {
      names.insert(*first);
    }
  }
}

// What a platform puts there after its user has authorised it.
void add_authorised(const Node& node, Names& names) {
  add_first(node.find("path_in_connector_config"), names);
  for (const auto& [name, value] : node.members) {
    add_authorised(value, names);
  }
}

void add_rotated(const Node& authenticator, Names& names) {
  const Node* updater = authenticator.find("refresh_token_updater");
  if (updater == nullptr) {
    return;
  }
  names.insert("credentials");  // Where its paths lead by default.
  for (const auto& [name, path] : updater->members) {
    add_first(&path, names);
  }
}

}  // namespace

Names setting_names(const Node& manifest) {
  Names names;
  const Node* spec = manifest.find("spec");
  const Node* schema = spec == nullptr ? nullptr : spec->find("connection_specification");
  if (schema == nullptr) {
    return names;
  }
  add_properties(*schema, names);
  if (const Node* advanced_auth = spec->find("advanced_auth")) {
    add_authorised(*advanced_auth, names);
  }
  for_each_component(manifest, [&](const VisitedComponent& component) {
    const std::string_view type = component.rule.name;
    if (type == "OAuthAuthenticator") {
      add_rotated(component.node, names);
    } else if (type == "AddedFieldDefinition") {
      add_first(component.node.find("path"), names);
    } else if (type == "ConfigRemapField") {
      add_first(component.node.find("field_path"), names);
    }
  });
  return names;
}

}  // namespace tendril

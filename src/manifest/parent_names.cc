#include "manifest/parent_names.h"

namespace tendril {
namespace {

void collect(const Node& node, std::set<std::string>& names) {
  if (const Node* configs = node.find("parent_stream_configs")) {
    for (const Node& config : configs->items) {
      const Node* parent = config.find("stream");
      const Node* name = parent == nullptr ? nullptr : parent->find("name");
      const std::string* text = name == nullptr ? nullptr : name->scalar.as_string();
      if (text != nullptr) {
        names.insert(*text);
      }
    }
  }
  for (const Node& item : node.items) {
    collect(item, names);
  }
  for (const auto& [name, member] : node.members) {
    collect(member, names);
  }
}

}  // namespace

std::set<std::string> parent_names(const Node& stream) {
  std::set<std::string> names;
  collect(stream, names);
  return names;
}

}  // namespace tendril

#include "manifest/parent_caches.h"

#include <set>
#include <string>

#include "manifest/node_edit.h"

namespace tendril {
namespace {

std::string name_of(const Node& stream) {
  const Node* name = stream.find("name");
  const std::string* text = name == nullptr ? nullptr : name->scalar.as_string();
  return text == nullptr ? std::string() : *text;
}

void cache_stream(Node& stream) {
  for (const char* field : {"full_refresh_stream", "incremental_stream"}) {
    if (Node* part = stream.find(field)) {
      cache_stream(*part);
    }
  }
  if (Node* retriever = stream.find("retriever")) {
    cache_answers(*retriever);
  }
}

void visit_parents(Node& stream, std::set<std::string>& names);

void visit_router(Node& router, std::set<std::string>& names) {
  for (Node& item : router.items) {
    visit_router(item, names);
  }
  if (Node* configs = router.find("parent_stream_configs")) {
    for (Node& config : configs->items) {
      if (Node* parent = config.find("stream")) {
        names.insert(name_of(*parent));
        cache_stream(*parent);
        visit_parents(*parent, names);
      }
    }
  }
  for (const char* field : {"partition_routers", "underlying_partition_router"}) {
    if (Node* below = router.find(field)) {
      visit_router(*below, names);
    }
  }
}

// Caches the parents of a stream, and theirs, and collects their names.
void visit_parents(Node& stream, std::set<std::string>& names) {
  for (const char* field : {"full_refresh_stream", "incremental_stream"}) {
    if (Node* part = stream.find(field)) {
      visit_parents(*part, names);
    }
  }
  Node* retriever = stream.find("retriever");
  Node* router = retriever == nullptr ? nullptr : retriever->find("partition_router");
  if (router != nullptr) {
    visit_router(*router, names);
  }
}

}  // namespace

void cache_answers(Node& retriever) {
  Node* requester = retriever.find("requester");
  if (requester == nullptr || requester->find("use_cache") != nullptr) {
    return;
  }
  set_member(*requester, "use_cache", to_node(Value(true), requester->position));
}

void cache_parents(std::span<Node*> streams) {
  std::set<std::string> names;
  for (Node* stream : streams) {
    visit_parents(*stream, names);
  }
  for (Node* stream : streams) {
    if (names.contains(name_of(*stream))) {
      cache_stream(*stream);
    }
  }
}

}  // namespace tendril

// References: puts what a "$ref" names in its place, so that the rest of the program sees one tree.
// Source: reference implementation of the manifest language, its reference resolver.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "manifest/node.h"

namespace tendril {

// Returns the manifest without its `definitions`, `schemas` and `metadata`, and with every
// reference resolved. A reference is a text "#/a/b", wherever a value stands, or a mapping's "$ref"
// of that form; the mapping's other members override those of what is named. A key may hold "/":
// the whole rest of a path is tried as a key before its first part is. What is named may hold
// references in turn. Nodes keep the positions of where they were written.
// Errors: InvalidConfig at the reference: it names nothing, is no "#/..." text, or leads back to
//   itself; the result is too large or too deep.
Result<Node> resolve_references(const Node& manifest);

struct ReferenceFault {
  enum class Kind { Malformed, Undefined, Circular, TooLarge };

  Kind kind;
  Position position;
  std::string key_path;
  std::string message;
};

// The same, but does not stop: null takes the place of what can not be resolved, and each fault is
// told once, those of unused definitions too.
struct ResolvedReferences {
  Node manifest;
  std::vector<ReferenceFault> faults;
};
ResolvedReferences resolve_all_references(const Node& manifest);

}  // namespace tendril

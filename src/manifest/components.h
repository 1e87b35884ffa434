// Checks that every component of a manifest, and every field, is one that this version runs, so
// that a connector never starts with a part of it silently left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "manifest/node.h"

namespace tendril {

// One thing that is odd about a component, and where.
struct ComponentFault {
  enum class Kind : std::uint8_t {
    WrongType,           // A text where a number belongs, and the like.
    WrongChoice,         // None of the words that a field may hold.
    MissingType,         // Nothing says which component it is.
    MissingField,        //
    UnknownComponent,    //
    MisplacedComponent,  // One of the language, but not for this place.
    UnknownField,        // In a component of our own.
    IgnoredField,        // In one of the language; changes nothing, in the reference neither.
    Custom,              // Needs Python code.
    NotSupported,        // In the language, but this version does not run it.
  };

  Kind kind;
  Position position;
  std::string key_path;
  std::string message;

  // InvalidConfig, or Unsupported for the last two kinds.
  Error error() const;
};

// Everything that is odd about a manifest that is resolved and completed (see references.h and
// parameters.h), at most `count_max` ignored fields and as many others. In file order of the
// resolved tree; what a shared definition causes is said once.
std::vector<ComponentFault> find_component_faults(const Node& manifest, std::size_t count_max);

struct ManifestFindings {
  // InvalidConfig for what is wrong, Unsupported for what this version does not run: each with
  // file, line, column, key path and the component's name. At most kFindingsMax.
  std::vector<Error> faults;
  // Fields that their components have not; the reference ignores them too.
  std::vector<std::string> warnings;
};

inline constexpr std::size_t kFindingsMax = 100;

// `manifest` is resolved and completed: see references.h and parameters.h.
ManifestFindings check_components(const Node& manifest);

// The same for one component of one of these types, separated by blanks.
ManifestFindings check_components(const Node& component, std::string_view types);

// Turns faults into one error: the first, and how many there are. ok() without any.
Status refuse_faults(const ManifestFindings& findings);

}  // namespace tendril

// StateEntry: how far a stream has been read, as destinations store it beside its rows.
#pragma once

#include <string>

namespace tendril {

// One piece of state: a stream's own (`slice` is ""), or that of a slice under way.
struct StateEntry {
  std::string stream;
  std::string slice;
  std::string json;

  friend bool operator==(const StateEntry&, const StateEntry&) = default;
};

struct StateKey {
  std::string stream;
  std::string slice;
};

}  // namespace tendril

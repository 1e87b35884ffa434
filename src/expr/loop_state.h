// LoopState: how far a "{% for %}" has come.
#pragma once

#include <cstddef>

#include "expr/term.h"

namespace tendril {

struct LoopState {
  Term items;                // A sequence.
  std::size_t next = 0;      // The index of the item that comes next.
  TermList* kept = nullptr;  // The items that a loop's condition let through so far.
};

// What "loop.index" and its like are at the current item; Undefined for an unknown name.
Term loop_attribute(const LoopState& loop, std::string_view name);

}  // namespace tendril

// Which streams' answers are worth keeping for others: those of the parents of substreams.
#pragma once

#include <span>

#include "manifest/node.h"

namespace tendril {

// Sets `use_cache` on the requesters of all parents in `streams`, and on those of the streams in
// `streams` that are parents themselves; but not where a manifest says `use_cache: false`.
void cache_parents(std::span<Node*> streams);

// The same for one retriever.
void cache_answers(Node& retriever);

}  // namespace tendril

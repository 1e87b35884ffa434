// How far the streams of a connection were read, for people and for programs.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/result.h"
#include "data/state_entry.h"
#include "data/value.h"

namespace tendril {

// A row for each stream. Errors: as read_stream_state().
Result<std::string> state_table(std::string_view connection, std::span<const StateEntry> entries);

// Errors: BadData for an entry that is no JSON.
Result<Value> state_json(std::string_view connection, std::span<const StateEntry> entries);

}  // namespace tendril

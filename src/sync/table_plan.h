// TablePlan of the engine: what the settings of a user and a table's schema come to together, be
// the table a stream's or one of a feed.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/result.h"
#include "data/schema.h"
#include "data/state_entry.h"
#include "sync/stream_plan.h"
#include "sync/sync.h"

namespace tendril {

// What is said of the table itself, else of the whole run, else of tables in general.
TableSettings settings_of(const std::string& table, const SyncOptions& options);

WriteMode mode_of(const TableSchema& table, const TableSettings& settings, bool incremental);

bool needs_key(WriteMode mode);

// Errors: InvalidConfig for what is asked of the table, but can not be.
Status check_lists(const StreamPlan& plan);

std::vector<StateKey> slice_keys(std::string_view stream, std::span<const StateEntry> state);

// InvalidConfig.
Error refused_plan(std::string message);

}  // namespace tendril

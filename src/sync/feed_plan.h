// FeedPlan: what a run is to do with a feed and with each of its tables, those too that come in the
// middle of it.
#pragma once

#include <span>

#include "connector/catalog.h"
#include "core/result.h"
#include "data/schema.h"
#include "data/state_entry.h"
#include "sync/stream_plan.h"
#include "sync/sync.h"

namespace tendril {

// One state stands for all tables, so the feed is read whole where a table is to be replaced. An
// unfinished load is gone on with as one of a stream is.
// REQUIRES: the catalog has a feed.
// Errors: as plan_streams(). The plan is refused where tables are chosen that the stored state
//   says nothing of.
Result<StreamPlan> plan_feed(const Catalog& catalog, const SyncOptions& options,
                             std::span<const StateEntry> state);

// The plan of a table of `feed`, as the catalog or its first rows show it.
// Errors: InvalidConfig, naming the table, when it can not be written as asked for.
Result<StreamPlan> plan_feed_table(const StreamPlan& feed, const TableSchema& table,
                                   const SyncOptions& options);

}  // namespace tendril

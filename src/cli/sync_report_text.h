// The report of a sync, for people and for programs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "data/value.h"
#include "sync/sync.h"

namespace tendril {

// The closing table: a row for each stream and one for the whole, then what happened on the way.
std::string report_table(const SyncReport& report);

// The same as one JSON object.
Value report_json(const SyncReport& report);

// One error for each different fault, naming the streams it hit: "issues, comments: connection
// refused". A fault that hit all streams names none.
std::vector<Error> report_faults(const SyncReport& report);

// What an interrupted run kept: "stopped; 12,300 rows are kept, the next run goes on from there".
std::string kept_text(const SyncReport& report);

}  // namespace tendril

// Records of runs, for people and for programs.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/value.h"
#include "state/run_record.h"

namespace tendril {

// A run with all that is recorded of it.
struct RunDetails {
  RunRecord run;
  std::vector<StreamRecord> streams = {};
  std::vector<SliceRecord> slices = {};
  std::vector<RunEvent> events = {};
};

// A row for each run, those that still move up to `now`.
std::string runs_table(std::span<const RunRecord> runs, Instant now);
Value runs_json(std::span<const RunRecord> runs);

std::string run_text(const RunDetails& details, Instant now);
Value run_json(const RunDetails& details);

// What is to be done about the run, or "" when nothing is.
std::string next_step(const RunRecord& run);

}  // namespace tendril

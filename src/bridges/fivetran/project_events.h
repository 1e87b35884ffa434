// ProjectEvents: what happens to the warehouse in a sync of a project, in order, on its way from
// the reading thread to the writing one.
#pragma once

#include <future>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "connector/destination.h"
#include "data/batch.h"

namespace tendril {

// How a table is to be written: before its first operation, and again before its first upsert,
// which makes it where it does not exist. Other operations find nothing in a table that does not.
struct TableBegun {
  TablePlan plan;
  std::vector<std::string> column_order = {};  // Should it have to be made.
};

// All declared tables have begun: those with columns are to exist, and none may have another key.
struct SchemaDeclared {
  std::vector<std::string> complete;  // Tables of which all key columns and others are declared.
  std::vector<std::string> others;
  std::shared_ptr<std::promise<void>> applied;  // Kept when it is done; shared with who waits.
};

// All rows that are not written again until the successful end are to be marked as deleted.
struct TableTruncated {
  std::string table;
};

// Everything before is to be durable, with this state.
struct CheckpointReached {
  std::string state;
};

// The connector is done, and well.
struct ProjectDone {};

using ProjectEvent =
    std::variant<TableBegun, SchemaDeclared, Batch, TableTruncated, CheckpointReached, ProjectDone>;

}  // namespace tendril

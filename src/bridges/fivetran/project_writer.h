// ProjectWriter: carries out a project's operations in the warehouse.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "bridges/fivetran/project_events.h"
#include "bridges/fivetran/project_observer.h"
#include "connector/destination.h"
#include "core/clock.h"
#include "core/result.h"

namespace tendril {

// The orders of columns of tables that may have to be made; filled before the table is prepared.
using ColumnOrders = std::map<std::string, std::vector<std::string>>;

struct WarehouseHost {
  Destination& destination;  // Open.
  const Clock& clock;        // The one by which the destination marks rows; rising.
  ColumnOrders& orders;
  ProjectObserver& observer;
  // Keeps a state whose rows are durable.
  std::function<Status(const std::string& state)> keep_state;
};

// Threads: one at a time, but for the count of waiting checkpoints.
class ProjectWriter {
 public:
  // `host` must outlive the writer.
  explicit ProjectWriter(WarehouseHost& host) : host_(host) {}

  // To be called before a checkpoint is handed over. As long as another one waits, a commit would
  // only be in its way: both become durable together.
  void announce_checkpoint() { ++checkpoints_waiting_; }

  // Errors: those of the destination. After one nothing but the destructor may follow; what was not
  // committed is gone with the destination.
  Status carry_out(ProjectEvent event);

  std::int64_t schema_changes() const { return schema_changes_; }

 private:
  void begin(TableBegun table);
  Status declare(const SchemaDeclared& schema);
  Status write(const Batch& batch);
  Result<bool> make_ready(const std::string& table, bool create);
  Status reach(const CheckpointReached& checkpoint);
  Status finish();
  Status truncate_at_end(const std::string& table, Instant before);
  void note_columns(const Batch& batch);

  WarehouseHost& host_;
  std::atomic<int> checkpoints_waiting_ = 0;
  std::map<std::string, TableBegun> plans_;
  std::map<std::string, std::set<std::string>> columns_;  // Of tables that are ready.
  std::map<std::string, Instant> truncated_;
  std::vector<std::string> states_;  // That wait for the next commit.
  std::atomic<std::int64_t> schema_changes_ = 0;
};

}  // namespace tendril

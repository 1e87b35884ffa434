// PartnerTableWriter: turns the rows of one table into the calls that will store them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bridges/partner/batch_folder.h"
#include "bridges/partner/batch_group.h"
#include "bridges/partner/partner_step.h"
#include "bridges/partner/wire_table.h"
#include "connector/destination.h"
#include "core/clock.h"
#include "core/result.h"

namespace tendril {

// What the writers of a destination share; all must outlive them.
struct PartnerWriting {
  BatchFolder& folder;
  const Clock& clock;
  const std::string& schema;
};

// The columns of `stored` and `wanted`, written in the mode and by the key of `wanted`.
// Errors: InvalidConfig when `stored` is written in another mode or by another key.
Result<PartnerTable> joined_table(const PartnerTable& stored, const PartnerTable& wanted);

// How the table of a plan is written. Errors: InvalidConfig.
Result<PartnerTable> planned_table(const TablePlan& plan);

// Threads: one at a time.
class PartnerTableWriter {
 public:
  // `stored` is the table that the server has. `load_began` is for mode Replace.
  static Result<std::unique_ptr<PartnerTableWriter>> prepare(
      const PartnerWriting& writing, const TablePlan& plan,
      const std::optional<PartnerTable>& stored, Instant load_began);

  // Errors: Unsupported for what the protocol has no call for.
  Status write(const Batch& batch);

  // Ends the files that are open; more rows go to new ones.
  Status close_files() { return group_ ? group_->close_files() : Status(); }
  bool has_open_files() const { return group_ && group_->has_open_files(); }

  // Appends the calls since the last time to `steps`, and those that end a load where it is
  // `complete`; returns what they change.
  Result<TableCounts> finish(bool complete, std::vector<PartnerStep>& steps);

 private:
  PartnerTableWriter(const PartnerWriting& writing, const TablePlan& plan, PartnerTable table,
                     Instant load_began)
      : writing_(writing),
        mode_(plan.mode),
        hard_deletes_(plan.hard_deletes),
        table_(std::move(table)),
        load_began_(load_began) {}

  const std::string& name() const { return table_.schema.name; }
  Instant now() const;  // To the millisecond, as far as the protocol goes.
  Status admit(const TableSchema& given);
  Status apply(const Batch& batch, std::vector<RowKey> keys);
  Status apply_versions(const Batch& batch, const std::vector<RowKey>& keys);
  Status truncate(Instant before);
  Status end_group();
  BatchGroup& group_without(const std::vector<RowKey>& keys);

  const PartnerWriting writing_;
  const WriteMode mode_;
  const bool hard_deletes_;
  PartnerTable table_;
  const Instant load_began_;
  std::optional<BatchGroup> group_;
  std::vector<PartnerStep> steps_;
  TableCounts counts_ = {};
  std::int64_t last_start_ = 0;  // Of the versions that were written.
};

}  // namespace tendril

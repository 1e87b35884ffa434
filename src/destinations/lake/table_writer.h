// LakeTableWriter: everything about one table of a run: makes it ready, takes its batches into
// staged files, and turns these into what the next manifest says of the table.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "connector/destination.h"
#include "core/result.h"
#include "data/batch.h"
#include "destinations/lake/segment.h"
#include "destinations/lake/table_rewrite.h"
#include "destinations/lake/workshop.h"

namespace tendril {

// After an error the writer is lost. Threads: one at a time.
class LakeTableWriter {
 public:
  // `present` is the table as committed; null: there is none. `workshop` must outlive the writer.
  // Errors: InvalidConfig when the plan, the format or the table that is there does not allow for
  //   it.
  static Result<std::unique_ptr<LakeTableWriter>> prepare(Workshop& workshop, TablePlan plan,
                                                          const LakeTable* present);

  // Errors: Internal after the load was completed; BadData when a batch lacks the key;
  //   InvalidConfig when the format can not carry out the operation.
  Status write(const Batch& batch);

  // Hands over what is held in memory.
  Status flush();
  std::size_t pending_bytes() const;

  // Carries out what was written since the last commit. `completed`: the load of a table in Replace
  // mode is complete, and takes the table's place.
  Result<TableCounts> finish(bool completed);

  // The table with what finish() did.
  const LakeTable& table() const { return table_; }

 private:
  LakeTableWriter(Workshop& workshop, TablePlan plan);

  Status check_plan() const;
  Status make_ready(const LakeTable* present);
  Status check_operation(const Batch& batch, const std::vector<std::string>& names) const;
  Result<const std::vector<std::string>*> names_for(const Batch& batch);
  Result<Segment*> segment_for(const Batch& batch, std::vector<std::string>& names);
  bool merges() const;
  Status apply(const std::vector<const Segment*>& segments, RewriteCounts& counts);
  Status apply_all(RewriteCounts& counts);
  Status settle_files();
  FileSet& target() { return plan_.mode == WriteMode::Replace ? *table_.load : *table_.rows; }
  RewriteTarget rewrite_target() { return {target(), table_.folder, key_, plan_.hard_deletes}; }
  void settle_key_types();

  Workshop& workshop_;
  const TablePlan plan_;
  LakeTable table_;
  std::vector<std::string> key_;  // Stored names.
  bool completed_ = false;
  std::vector<std::unique_ptr<Segment>> segments_;  // Only the last takes rows.
  // Of the last batch; kept so that the address stays theirs.
  std::shared_ptr<const TableSchema> named_schema_;
  std::vector<std::string> names_;
};

}  // namespace tendril

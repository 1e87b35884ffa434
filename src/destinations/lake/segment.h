// Segment: rows of one operation with one set of columns, as they were written since the last
// commit, in files that wait to be applied. Segments are applied in the order in which they came.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "data/batch.h"
#include "destinations/lake/lake_state.h"
#include "destinations/lake/row_file.h"
#include "destinations/lake/workshop.h"

namespace tendril {

// Threads: one at a time.
class Segment {
 public:
  // `layout` says what the segment's files have; `folder` is the table's. `workshop` must outlive
  // the segment.
  Segment(Workshop& workshop, Operation operation, LakeLayout layout, std::string folder);

  // A segment that has no rows but says that those of before an instant are gone.
  static std::unique_ptr<Segment> truncation(Workshop& workshop, Instant before);

  // Takes rows. `names` are the stored names of the batch's columns; "" leaves a column out.
  // REQUIRES: the others are in the layout, with types that hold theirs.
  Status write(const Batch& batch, const std::vector<std::string>& names);

  // Hands over what is held in memory.
  Status flush();
  std::size_t pending_bytes() const;

  // Ends the last file. Nothing may be written afterwards.
  Status close();

  Operation operation() const { return operation_; }
  const LakeLayout& layout() const { return layout_; }
  bool has_layout(Operation operation, const LakeLayout& layout) const;
  const std::vector<LakeFile>& files() const { return files_; }
  std::int64_t row_count() const { return rows_; }
  Instant truncate_before() const { return truncate_before_; }
  Instant written_at() const { return written_at_; }  // When its last rows were.

 private:
  Status end_file();

  Workshop& workshop_;
  const Operation operation_;
  const LakeLayout layout_;
  const std::string folder_;
  const std::shared_ptr<arrow::Schema> columns_;
  std::filesystem::path path_;  // Of the file that is open.
  std::unique_ptr<RowFile> file_;
  std::vector<LakeFile> files_;
  std::int64_t rows_ = 0;
  Instant truncate_before_ = {};
  Instant written_at_ = {};
};

}  // namespace tendril

// HeldRows: the rows of one slice that no checkpoint covers yet. They must not be staged in a table
// that only grows: the next commit would store them without the state that says so, and a crash
// after it would write them twice. They wait here, in memory or, when that gets tight, on disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/result.h"
#include "sync/spill_file.h"
#include "sync/stream_run.h"

namespace tendril {

// Threads: one at a time.
class HeldRows {
 public:
  void add(event::Rows rows);

  std::size_t bytes_in_memory() const { return bytes_in_memory_; }

  // Rows of the stream's own table.
  std::int64_t row_count() const { return row_count_; }

  // Moves all rows from memory to disk. Errors: System when the disk is full.
  Status spill();

  // Hands all rows to `take`, in order, and forgets them. Ends at the first error.
  Status drain(const std::function<Status(const event::Rows&)>& take);

  void clear();

 private:
  // `rows.batch.rows` is null while they are on disk.
  struct Held {
    event::Rows rows;
    std::shared_ptr<arrow::Schema> schema = nullptr;
    SpillFile::Extent extent = {};
  };

  std::vector<Held> held_;
  std::size_t first_in_memory_ = 0;  // Those before it are on disk.
  std::size_t bytes_in_memory_ = 0;
  std::int64_t row_count_ = 0;
  std::unique_ptr<SpillFile> file_;  // Null until needed.
};

}  // namespace tendril

// SpillFile: batches kept on disk for a while. The file has no name: it is gone with the program,
// however that ends.
#pragma once

#include <cstdint>
#include <memory>

#include "core/result.h"
#include "data/batch.h"

namespace tendril {

// Threads: one at a time.
class SpillFile {
 public:
  struct Extent {
    std::int64_t offset_bytes = 0;
    std::int64_t length_bytes = 0;
  };

  // Makes the file in the directory for temporary files (TMPDIR, else /tmp).
  // Errors: System.
  static Result<std::unique_ptr<SpillFile>> make();

  ~SpillFile();
  SpillFile(const SpillFile&) = delete;
  SpillFile& operator=(const SpillFile&) = delete;

  // Errors: System when the disk is full.
  Result<Extent> append(const arrow::RecordBatch& rows);

  // Errors: System.
  Result<std::shared_ptr<arrow::RecordBatch>> read(
      Extent extent, const std::shared_ptr<arrow::Schema>& schema) const;

 private:
  explicit SpillFile(int descriptor) : descriptor_(descriptor) {}

  const int descriptor_;
  std::int64_t end_bytes_ = 0;
};

}  // namespace tendril

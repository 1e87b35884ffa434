// RecordLines: batches as RECORD messages, without a tree between.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "data/batch.h"
#include "data/instant.h"

namespace tendril {

// Threads: one at a time.
class RecordLines {
 public:
  using Take = std::function<Status(std::string_view lines)>;

  // Hands the rows to `take`, many lines at a time. Documents are sent as they are; of columns,
  // those that are null are left out, as in the records of the reference. Errors: what `take` says;
  // Unsupported for operations that the protocol does not have.
  Status write(const Batch& batch, Instant now, const Take& take);

 private:
  std::string lines_;  // Kept for its capacity.
};

}  // namespace tendril

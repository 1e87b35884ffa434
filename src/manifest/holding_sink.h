// HoldingSink: keeps what a slice yields until it is known to be whole, so that a part that is read
// again is not stored twice.
#pragma once

#include <cstddef>
#include <vector>

#include "connector/source.h"
#include "core/result.h"

namespace tendril {

// Threads: one at a time.
class HoldingSink final : public SliceSink {
 public:
  // Holds no more than this; write() then says Unavailable.
  static constexpr std::size_t kBytesMax = std::size_t{64} * 1024 * 1024;

  Status write(Batch batch) override;
  Status checkpoint(Value progress) override;  // Means nothing before release().
  Status reject(RejectedRow row) override;

  // Hands everything on.
  Status release(SliceSink& sink);

 private:
  std::vector<Batch> batches_;
  std::vector<RejectedRow> rejected_;
  std::size_t bytes_ = 0;
};

}  // namespace tendril

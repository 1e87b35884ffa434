#include "manifest/holding_sink.h"

#include <utility>

namespace tendril {

Status HoldingSink::write(Batch batch) {
  bytes_ += batch.bytes();
  if (bytes_ > kBytesMax) {
    return Error{ErrorCode::Unavailable, "window holds too many records"};
  }
  batches_.push_back(std::move(batch));
  return {};
}

Status HoldingSink::checkpoint(Value /*progress*/) { return {}; }

Status HoldingSink::reject(RejectedRow row) {
  bytes_ += row.payload.size();
  if (bytes_ > kBytesMax) {
    return Error{ErrorCode::Unavailable, "window holds too many rejected records"};
  }
  rejected_.push_back(std::move(row));
  return {};
}

Status HoldingSink::release(SliceSink& sink) {
  for (Batch& batch : batches_) {
    TRY(sink.write(std::move(batch)));
  }
  for (RejectedRow& row : rejected_) {
    TRY(sink.reject(std::move(row)));
  }
  batches_.clear();
  rejected_.clear();
  bytes_ = 0;
  return {};
}

}  // namespace tendril

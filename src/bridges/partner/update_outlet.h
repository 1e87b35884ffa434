// UpdateOutlet: takes the messages of an update, in order, for the client that asked for it.
#pragma once

#include "core/result.h"

namespace fivetran_sdk::v2 {
class UpdateResponse;
}  // namespace fivetran_sdk::v2

namespace tendril {

// Threads: one at a time.
class UpdateOutlet {
 public:
  virtual ~UpdateOutlet() = default;

  // Waits while the client does not keep up. Errors: Cancelled when it has gone.
  virtual Status send(const fivetran_sdk::v2::UpdateResponse& message) = 0;
};

}  // namespace tendril

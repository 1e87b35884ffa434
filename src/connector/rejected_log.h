// What becomes of rejected rows where there is no table for them.
#pragma once

#include "core/log.h"
#include "data/batch.h"

namespace tendril {

// Logs each row as a warning, as JSON without what is null.
void log_rejected_rows(const Batch& batch, Log& log);

}  // namespace tendril

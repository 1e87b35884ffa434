// The benchmark's records as typed columns: the batches that the sync's reader makes of them.
#pragma once

#include <cstdint>
#include <vector>

#include "data/batch.h"
#include "data/schema.h"

namespace tendril::bench {

// Ten columns; the key is "id".
TableSchema record_schema();

// Ends the program when they can not be made.
std::vector<Batch> batches_of(std::int64_t records);

}  // namespace tendril::bench

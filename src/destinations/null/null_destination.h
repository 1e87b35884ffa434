// The null destination: takes everything and keeps nothing, "null:". For measuring sources and for
// dry runs; it still insists that tables are prepared and counts what it is given.
#pragma once

#include "connector/registry.h"

namespace tendril {

// State is kept as long as the destination object, so every run begins anew.
DestinationSpec null_destination();

}  // namespace tendril

// Ids of runs: the time they began and four random characters, "20240102-030405-7k2m". They sort by
// time, and are short enough to type the last part only.
#pragma once

#include <cstdint>
#include <string>

#include "data/instant.h"

namespace tendril {

std::string make_run_id(Instant started, std::uint64_t seed);

}  // namespace tendril

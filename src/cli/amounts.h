// Amounts as people read them: counts, sizes, durations and rates.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace tendril {

// "1,234,567"
std::string count_text(std::int64_t count);

// "0 B", "999 B", "18.4 MB": powers of 1000, three digits.
std::string bytes_text(std::int64_t bytes);

// "0.84 s", "12.3 s", "2m05s", "1h02m".
std::string duration_text(std::chrono::milliseconds duration);

// "12,400/s", "3.2/s".
std::string rate_text(double per_second);

// Returns `count` per second of `elapsed`; a duration of zero counts as one millisecond.
double rate_of(std::int64_t count, std::chrono::milliseconds elapsed);

}  // namespace tendril

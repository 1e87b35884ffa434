// Seeds: the random cases of a property test. TENDRIL_SEEDS=N runs N of them instead of the few
// that fit into a test run; TENDRIL_SEED=S runs that one alone, as the message of a failure says.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>

#include <gtest/gtest.h>

namespace tendril {

// Calls `check` with the seeds 1, 2, ... and ends at the first that fails.
inline void for_each_seed(std::uint64_t count, const std::function<void(std::uint64_t)>& check) {
  const char* one = std::getenv("TENDRIL_SEED");
  const char* many = std::getenv("TENDRIL_SEEDS");
  const std::uint64_t first = one == nullptr ? 1 : std::stoull(one);
  const std::uint64_t asked = many == nullptr ? count : std::stoull(many);
  const std::uint64_t end = first + (one == nullptr ? asked : 1);
  for (std::uint64_t seed = first; seed < end; ++seed) {
    const ::testing::ScopedTrace trace(__FILE__, __LINE__,
                                       "to run it alone: TENDRIL_SEED=" + std::to_string(seed));
    check(seed);
    if (::testing::Test::HasFailure()) {
      return;
    }
  }
}

}  // namespace tendril

#include "state/run_id.h"

#include <string_view>

#include "core/random.h"

namespace tendril {
namespace {

// Without letters that look like digits. Source: base32 by D. Crockford.
constexpr std::string_view kLetters = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr int kRandomLetters = 4;

}  // namespace

std::string make_run_id(Instant started, std::uint64_t seed) {
  std::string id = format_datetime({.instant = started}, "%Y%m%d-%H%M%S") + "-";
  Random random(seed ^ static_cast<std::uint64_t>(micros_of(started)));
  for (int i = 0; i < kRandomLetters; ++i) {
    id += kLetters[random.below(kLetters.size())];
  }
  return id;
}

}  // namespace tendril

// A clock whose calendar stands still, for runs that have to come out the same every time.
#pragma once

#include <memory>

#include "core/clock.h"

namespace tendril {

// now() is always `now`; monotonic() and sleep() are real, so that waits and deadlines hold.
std::unique_ptr<Clock> standing_clock(Clock::Wall now);

}  // namespace tendril

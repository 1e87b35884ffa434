// Reads the arguments that are dates.
#pragma once

#include <optional>

#include "data/instant.h"
#include "expr/function.h"

namespace tendril {

// The date and time that the argument is: a date, a Unix time in seconds, or a text in any
// usual spelling.
// Faults: it is none.
std::optional<Datetime> datetime_argument(const FunctionCall& call, std::size_t index);

}  // namespace tendril

// The method "format" of texts: "{} of {n:03d}".format('a', n=7).
#pragma once

#include "expr/function.h"

namespace tendril {

// The first argument is the format, the last one the map of the keywords.
// Faults: a field names no argument, or its format is not supported.
// Source: Python's library reference, "Format String Syntax".
Term brace_format(const FunctionCall& call);

}  // namespace tendril

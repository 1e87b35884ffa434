// The "%" operator of texts: "%05d of %s" % (7, 'ten').
#pragma once

#include <string_view>

#include "expr/evaluation.h"
#include "expr/term.h"

namespace tendril {

// `arguments` is a tuple for several, a map for "%(name)s", or one value.
// Faults: too many or too few arguments, or one of the wrong type.
// Source: Python's library reference, "printf-style String Formatting".
Term percent_format(Evaluation& evaluation, std::string_view format, const Term& arguments);

}  // namespace tendril

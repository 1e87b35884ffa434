// Errors of templates: what is wrong, where in the template, and the template itself.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/error.h"

namespace tendril {

// Returns "<message> at line 1, column 7 of the template \"{{ … }}\"". Lines and columns count
// from 1, columns in bytes.
Error template_error(std::string_view source, std::size_t offset, std::string_view message,
                     ErrorCode code = ErrorCode::InvalidConfig);

}  // namespace tendril

// The text of a cell, as batch files have it (batch_file.h).
#pragma once

#include <cstdint>
#include <string>

#include <arrow/type_fwd.h>

#include "data/instant.h"
#include "data/types.h"

namespace tendril {

// Appends the text of a value that is not null, without memory of its own.
// REQUIRES: `cells` are of arrow_type(type); `type` is not Unknown.
void append_cell_text(std::string& out, const arrow::Array& cells, std::int64_t row, Type type);

// The same as a column of type `to` has it, which `from` fits: a date becomes the start of its day.
void append_widened_text(std::string& out, const arrow::Array& cells, std::int64_t row, Type from,
                         Type to);

// "2007-12-03T10:15:30[.123[456]]Z".
void append_instant_text(std::string& out, Instant instant);

}  // namespace tendril

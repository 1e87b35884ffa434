// The key of rows in tables that have none: rows of the same content are the same row.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/fivetran/frame.h"

namespace tendril {

// The names of a frame's columns in the warehouse, one for each.
using FrameNames = std::vector<std::string>;

// Returns an id of 128 bits for each row of the frame, as 32 hexadecimal digits: of the names and
// values that are not null, whatever the order of columns. The same on every machine.
std::vector<std::string> row_ids(const RowsFrame& frame, const FrameNames& names);

}  // namespace tendril

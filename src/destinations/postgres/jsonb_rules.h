// Which JSON texts PostgreSQL's jsonb can hold. It knows no U+0000 and no half of a surrogate pair,
// and its numbers have limits; such a text needs a column of the type json, which keeps any.
#pragma once

#include <string_view>

#include <arrow/type_fwd.h>

namespace tendril {

// REQUIRES: `text` is JSON.
bool jsonb_holds(std::string_view text);

// True when jsonb holds the texts of all rows. `texts` is an arrow::BinaryArray or StringArray.
bool jsonb_holds_all(const arrow::Array& texts);

}  // namespace tendril

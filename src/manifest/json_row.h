// One JSON object into one row of columns, without a tree between. The hottest code of a sync.
#pragma once

#include <simdjson.h>

#include "data/batch_builder.h"
#include "manifest/json_page.h"
#include "manifest/json_scan.h"

namespace tendril {

// Appends the members of `object` as cells and ends the row. On an error the row is left open: call
// BatchBuilder::abandon_row(). Nested objects and lists are kept as their text, checked to be JSON.
// `escapes` is that of the page.
simdjson::error_code json_row(simdjson::ondemand::object object, BatchBuilder& rows,
                              const FieldTap* tap, EscapeFinder& escapes);

}  // namespace tendril

// One JSON object into one row of a batch of documents: the record as it was received, but for
// members that are null; see add_document(). No tree is made between.
#pragma once

#include <string>

#include <simdjson.h>

#include "data/batch_builder.h"
#include "manifest/json_page.h"

namespace tendril {

// Appends `object` as one row and ends it. On an error no row was begun. `scratch` saves an
// allocation for each record.
simdjson::error_code json_document(simdjson::ondemand::object object, BatchBuilder& rows,
                                   const FieldTap* tap, std::string& scratch);

}  // namespace tendril

// One JSON object into one row of a batch of documents: the record as it was received, but for
// members that are null; see add_document(). No tree is made between.
#pragma once

#include <string>

#include <simdjson.h>

#include "data/batch_builder.h"
#include "manifest/json_page.h"
#include "manifest/json_scan.h"

namespace tendril {

// What walking through a page needs from record to record.
struct PageWalk {
  EscapeFinder escapes;
  std::string scratch = {};  // Saves an allocation for each record.
};

// Appends `object` as one row and ends it. On an error no row was begun.
simdjson::error_code json_document(simdjson::ondemand::object object, BatchBuilder& rows,
                                   const FieldTap* tap, PageWalk& walk);

}  // namespace tendril

// The CATALOG message: what a source can give.
// Source: Airbyte protocol 0.3.2, AirbyteCatalog.
#pragma once

#include <string>

#include "connector/catalog.h"
#include "data/value.h"

namespace tendril {

// One line of JSON with its line break.
std::string catalog_message(const Catalog& catalog);

// A JSON Schema of the rows of a table, for streams that do not bring their own.
Value json_schema_of(const TableSchema& schema);

}  // namespace tendril

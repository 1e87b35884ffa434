// The table that a stream's records go to, from what the manifest says about them.
// Source: manifest components "InlineSchemaLoader" and "PrimaryKey"; JSON Schema draft 7.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "data/json_schema_type.h"
#include "data/schema.h"
#include "data/value.h"
#include "manifest/manifest_document.h"

namespace tendril {

// `json_schema` is what the stream's loaders say; see load_schema().
// Errors: InvalidConfig with file, line and column; Unsupported for a key that is nested in
// objects.
Result<TableSchema> table_schema(const ManifestStream& stream, const Value& json_schema,
                                 const Value& config, const Clock& clock);

}  // namespace tendril

// A stream's schema as its API describes it, by the first record of a retriever.
// Source: manifest components "DynamicSchemaLoader", "SchemaTypeIdentifier", "TypesMap" and
// "ComplexFieldType".
#pragma once

#include <stop_token>

#include "core/result.h"
#include "data/value.h"
#include "manifest/environment.h"
#include "manifest/node.h"

namespace tendril {

// Sends requests. Returns a JSON Schema.
// Errors: InvalidConfig and Unsupported with file, line and column; those of the client; BadData
//   when the answer does not describe a schema.
Result<Value> load_dynamic_schema(const Node& loader, const Environment& environment,
                                  std::stop_token stop);

}  // namespace tendril

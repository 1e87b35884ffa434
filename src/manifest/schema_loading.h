// What a stream's schema loaders say a record looks like.
// Source: manifest components "InlineSchemaLoader", "JsonFileSchemaLoader", "DynamicSchemaLoader".
#pragma once

#include <filesystem>
#include <stop_token>

#include "core/result.h"
#include "data/value.h"
#include "manifest/environment.h"
#include "manifest/node.h"

namespace tendril {

// Returns a JSON Schema, or null when the DeclarativeStream `stream` has no loader. Of several
// loaders the earlier ones count where two name the same property. Files stand beside the manifest,
// in `folder`. May send requests.
// Errors: InvalidConfig and Unsupported with file, line and column; NotFound for a missing file;
//   those of the client; BadData when an answer does not describe a schema.
Result<Value> load_schema(const Node& stream, const std::filesystem::path& folder,
                          const Environment& environment, std::stop_token stop);

// The part of it that needs neither a configuration nor requests: null when it needs one of them.
Value inline_schema(const Node& stream);

}  // namespace tendril

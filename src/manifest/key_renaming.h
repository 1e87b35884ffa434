// Transformations that give the fields of records other names. Where two fields come to share a
// name, the later one counts.
// Source: manifest components "KeysToLower", "KeysToSnakeCase" and "KeysReplace".
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/transformation.h"

namespace tendril {

Result<std::unique_ptr<RecordTransformation>> keys_to_lower(const Node& node,
                                                            const Environment& environment);
Result<std::unique_ptr<RecordTransformation>> keys_to_snake_case(const Node& node,
                                                                 const Environment& environment);
Result<std::unique_ptr<RecordTransformation>> keys_replace(const Node& node,
                                                           const Environment& environment);

// "createdAt" → "created_at", "Größe (kg)" → "grosse_kg_": letters without marks, words joined by
// "_". What is neither letter nor digit parts words.
std::string snake_case(std::string_view key);

}  // namespace tendril

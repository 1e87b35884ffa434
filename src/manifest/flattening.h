// Transformations that bring nested fields to the top of a record.
// Source: manifest components "FlattenFields", "DpathFlattenFields" and "KeyTransformation".
#pragma once

#include <memory>

#include "core/result.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/transformation.h"

namespace tendril {

Result<std::unique_ptr<RecordTransformation>> flatten_fields(const Node& node,
                                                             const Environment& environment);
Result<std::unique_ptr<RecordTransformation>> dpath_flatten_fields(const Node& node,
                                                                   const Environment& environment);

}  // namespace tendril

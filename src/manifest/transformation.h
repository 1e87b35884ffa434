// RecordTransformation: changes a record before it is stored.
// Source: manifest components "AddFields" and "RemoveFields"; the others are in key_renaming.h and
// flattening.h.
#pragma once

#include <memory>

#include "core/result.h"
#include "data/value.h"
#include "expr/template.h"
#include "manifest/environment.h"
#include "manifest/node.h"

namespace tendril {

// Threads: safe to share; each thread brings its own context.
class RecordTransformation {
 public:
  virtual ~RecordTransformation() = default;

  // `context` has what templates may mention, but for the record, which is set here.
  // Errors: InvalidConfig from templates.
  virtual Status apply(Value& record, Context& context) const = 0;
};

// `environment` must outlive the result.
// Errors: InvalidConfig and Unsupported with file, line and column.
Result<std::unique_ptr<RecordTransformation>> transformation_of(const Node& node,
                                                                const Environment& environment);

}  // namespace tendril

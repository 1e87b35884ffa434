// CellBuilder: one column of a batch file on its way from texts to an Arrow array of its type. It
// is strict, unlike ColumnBuilder: a text that is no value of the type is refused, and nothing
// widens.
#pragma once

#include <memory>
#include <string_view>

#include <arrow/type_fwd.h>

#include "core/result.h"
#include "data/types.h"

namespace tendril {

// Threads: one at a time.
class CellBuilder {
 public:
  virtual ~CellBuilder() = default;

  // Appends the value of a text as batch_file.h spells it. Returns false, and appends nothing, when
  // it is none of the type. Fractions of a Decimal are rounded to its scale, and of a second to the
  // microsecond below.
  virtual bool append(std::string_view text) = 0;
  virtual void append_null() = 0;
  // REQUIRES: the type is Binary.
  virtual void append_bytes(std::string_view bytes) = 0;

  // Returns the values so far and starts anew. Errors: System when there is no memory.
  virtual Result<std::shared_ptr<arrow::Array>> take() = 0;
};

std::unique_ptr<CellBuilder> cell_builder(Type type);

}  // namespace tendril

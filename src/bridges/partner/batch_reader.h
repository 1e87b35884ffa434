// BatchFileReader: the rows of one batch file, as columns of the types that a table has.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "bridges/partner/batch_file.h"
#include "core/result.h"
#include "core/secret.h"
#include "data/schema.h"

namespace tendril {

struct BatchFileSource {
  std::string path;
  Secret key = {};  // Empty: it is not encrypted.
  const BatchFileParams& params;
  // What a value may say that it stays as it is; a file of other rows than updates has none such.
  bool of_updates = false;
};

struct BatchFileRows {
  // Shape: rows × wanted columns; null where the file does not have one.
  std::shared_ptr<arrow::RecordBatch> values;
  // For each row a text with a character for each wanted column: "1" when it stays as it is, or the
  // file does not have it; "0" when it does not. Null unless of updates.
  std::shared_ptr<arrow::Array> unmodified = nullptr;
};

// Threads: one at a time.
// Errors of all: as open_batch_bytes(); BadData, naming file, row (counted from 1, without the
//   header) and column, when a value is none of its column's type.
class BatchFileReader {
 public:
  // Opens a file and reads which columns it has. `wanted` are the columns to read, those of the
  // file that are not among them are passed over. `source.params` must outlive the reader.
  static Result<std::unique_ptr<BatchFileReader>> open(const BatchFileSource& source,
                                                       std::vector<Column> wanted);
  virtual ~BatchFileReader() = default;

  // The columns of the file, in its order.
  virtual const std::vector<std::string>& names() const = 0;

  // Returns nullopt at the end.
  virtual Result<std::optional<BatchFileRows>> next() = 0;
};

}  // namespace tendril

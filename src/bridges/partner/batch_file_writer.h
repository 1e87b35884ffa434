// BatchFileWriter: rows on their way into one batch file, in CSV or Parquet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "bridges/partner/batch_file.h"
#include "core/result.h"
#include "data/schema.h"

namespace tendril {

struct BatchFileColumn {
  Column column;
  bool may_stay = false;  // In files of updates: rows may leave its value as it is.
};

// The cells of one column in the rows of a call. Where there are none, the value is NULL, or stays
// as it is in a column that may.
struct FileCells {
  std::shared_ptr<arrow::Array> values = nullptr;  // Of arrow_type(type).
  Type type = {};                                  // Fits that of the file's column.
};

// Threads: one at a time.
// Errors: System, when the disk is full for one; BadData when a value can not be written.
class BatchFileWriter {
 public:
  virtual ~BatchFileWriter() = default;

  // Writes rows [first, count) of `columns`, which stand in the order of the file's, and returns
  // how many it took: fewer when the file is full then. REQUIRES: !full().
  virtual Result<std::int64_t> write(std::span<const FileCells> columns, std::int64_t first,
                                     std::int64_t count) = 0;
  virtual bool full() const = 0;

  // Ends the file and makes it durable. To be called once, last.
  virtual Status close() = 0;

  virtual const std::filesystem::path& path() const = 0;
  virtual const std::string& key() const = 0;  // Empty when the file is not encrypted.
};

// `bytes_max` is what the file may have before it is compressed, roughly.
Result<std::unique_ptr<BatchFileWriter>> open_batch_file(const std::filesystem::path& path,
                                                         const BatchFileParams& params,
                                                         std::vector<BatchFileColumn> columns,
                                                         std::size_t bytes_max);

// The formats; for open_batch_file().
class BatchSink;
std::unique_ptr<BatchFileWriter> csv_batch_writer(std::unique_ptr<BatchSink> sink,
                                                  const BatchFileParams& params,
                                                  std::vector<BatchFileColumn> columns,
                                                  std::size_t bytes_max);
Result<std::unique_ptr<BatchFileWriter>> parquet_batch_writer(std::unique_ptr<BatchSink> sink,
                                                              const BatchFileParams& params,
                                                              std::vector<BatchFileColumn> columns,
                                                              std::size_t bytes_max);

}  // namespace tendril

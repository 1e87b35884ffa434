// RowFile: rows on their way into one data file; the formats of a lake stand behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <arrow/type_fwd.h>

#include "core/result.h"
#include "destinations/lake/lake_state.h"

namespace tendril {

enum class LakeFormat { Parquet, Jsonl, Csv };
enum class LakeCompression { None, Snappy, Zstd };

std::string_view to_string(LakeFormat format);  // "parquet"; also the ending of its files.

struct RowFileOptions {
  LakeFormat format = LakeFormat::Parquet;
  LakeCompression compression = LakeCompression::Snappy;  // Parquet only.
  std::size_t group_bytes = std::size_t{32} << 20U;       // Parquet: rows that go together.
};

// What became of a closed file.
struct RowFileSums {
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  std::string crc32;
};

// Threads: one at a time.
// Errors: System when the disk is full; BadData when a value can not be written.
class RowFile {
 public:
  virtual ~RowFile() = default;

  // `rows` have the columns of arrow_columns() of the file's layout.
  virtual Status write(const arrow::RecordBatch& rows) = 0;

  // Hands over what is held in memory.
  virtual Status flush() = 0;

  // What is held in memory, roughly, and what was handed over.
  virtual std::size_t pending_bytes() const = 0;
  virtual std::int64_t written_bytes() const = 0;

  // Ends the file. To be called once, last.
  virtual Result<RowFileSums> close() = 0;
};

// The columns of files of that layout: those of stored_columns(), as Arrow has them.
std::shared_ptr<arrow::Schema> arrow_columns(const LakeLayout& layout);

Result<std::unique_ptr<RowFile>> open_row_file(const std::filesystem::path& path,
                                               const LakeLayout& layout,
                                               const RowFileOptions& options);

// The formats; each for open_row_file().
Result<std::unique_ptr<RowFile>> open_parquet_file(const std::filesystem::path& path,
                                                   const LakeLayout& layout,
                                                   const RowFileOptions& options);
Result<std::unique_ptr<RowFile>> open_jsonl_file(const std::filesystem::path& path,
                                                 const LakeLayout& layout);
Result<std::unique_ptr<RowFile>> open_csv_file(const std::filesystem::path& path,
                                               const LakeLayout& layout);

}  // namespace tendril

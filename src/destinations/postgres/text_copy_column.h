// Texts and bytes on their way into PostgreSQL.
#pragma once

#include <cstdint>
#include <memory>

#include <arrow/array/array_base.h>
#include <arrow/util/bit_util.h>

#include "core/result.h"
#include "destinations/postgres/copy_column.h"

namespace tendril {

// Which rows of an array have a value; `values` must outlive it.
class CopyValidity {
 public:
  explicit CopyValidity(const arrow::Array& values)
      : bits_(values.null_count() == 0 ? nullptr : values.null_bitmap_data()),
        offset_(values.offset()) {}

  bool always() const { return bits_ == nullptr; }
  bool operator()(std::int64_t row) const {
    return bits_ == nullptr || arrow::bit_util::GetBit(bits_, offset_ + row);
  }

 private:
  const std::uint8_t* bits_;
  std::int64_t offset_;
};

// `values` are strings. NUL becomes U+FFFD.
Result<std::unique_ptr<CopyColumn>> text_copy_column(std::shared_ptr<arrow::Array> values);
Result<std::unique_ptr<CopyColumn>> jsonb_copy_column(std::shared_ptr<arrow::Array> values);
// `values` are bytes, of any kind.
Result<std::unique_ptr<CopyColumn>> bytes_copy_column(std::shared_ptr<arrow::Array> values);

}  // namespace tendril

// ColumnBuilder: the values of one column of a batch, appended one by one into the
// buffers that the finished Arrow array will own. A value that the column's type cannot hold
// widens the type (see widen()) and rewrites what is there.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include <arrow/buffer_builder.h>
#include <arrow/type_fwd.h>

#include "core/result.h"
#include "data/types.h"
#include "data/value.h"

namespace tendril {

// Threads: one at a time.
class ColumnBuilder {
 public:
  explicit ColumnBuilder(Type type);

  // Each appends one value. Text in a date or time column is parsed; text that does not
  // parse widens the column to String. A Json column takes scalars as JSON text.
  void append_null();
  void append_nulls(std::int64_t count);
  void append_bool(bool value);
  void append_int(std::int64_t value);
  void append_double(double value);
  void append_string(std::string_view text);
  // The text of a JSON object or array, kept as written.
  void append_json(std::string_view json_text);
  // A number that fits no machine type, as written.
  void append_big_number(std::string_view text);
  void append_instant(Instant instant);
  void append_bytes(std::string_view bytes);
  void append(const Value& value);

  // Removes the last value. REQUIRES: size() > 0.
  void pop();

  Type type() const { return type_; }
  std::int64_t size() const { return size_; }
  std::size_t bytes() const;

  // Makes room for every value of `type` beside those of now.
  void widen_to(Type type);

  // Returns the values so far and starts anew with the same type.
  Result<std::shared_ptr<arrow::Array>> take();

 private:
  void mark();
  template <class T>
  void append_fixed(T value);
  void append_text(std::string_view text);
  bool append_parsed(std::string_view text);
  bool append_decimal(std::string_view text);
  void become(Type type);
  std::string text_at(std::int64_t row) const;

  Type type_;
  std::int64_t size_ = 0;
  std::int64_t null_count_ = 0;
  arrow::TypedBufferBuilder<bool> validity_;         // Empty until the first null.
  arrow::BufferBuilder values_;                      // Fixed-width values, or the bytes of texts.
  arrow::TypedBufferBuilder<bool> bits_;             // Boolean only.
  arrow::TypedBufferBuilder<std::int32_t> offsets_;  // Texts and bytes only: size_ starts.
};

}  // namespace tendril

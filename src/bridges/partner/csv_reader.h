// CsvReader: the rows of a CSV text, read as it comes, in memory that is as large as its largest
// row. batch_file.h says what the text looks like.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/partner/byte_stream.h"
#include "core/result.h"

namespace tendril {

// Threads: one at a time.
class CsvReader {
 public:
  // `bytes` must outlive the reader.
  explicit CsvReader(ByteStream& bytes);

  // Reads the next row, whose fields are valid until the next call. Returns false at the end. A
  // line without a character is a row of one field. Errors: BadData when a quote is not closed, or
  // has text behind it, or the row is huge.
  Result<bool> next(std::vector<std::string_view>& fields);

 private:
  // ReturnBehind: a carriage return behind a closing quote, which only a line's end may follow.
  enum class State : std::uint8_t { FieldStart, Plain, Quoted, QuoteInQuoted, ReturnBehind };

  // Of the row that is read; offsets from its start.
  struct Field {
    std::size_t first = 0;
    std::size_t end = 0;
    bool doubled_quotes = false;
  };

  Status skip_byte_order_mark();
  Result<bool> find_row_end();
  Result<bool> more_bytes();
  bool scan();
  bool scan_plain(char c);
  void end_field(std::size_t end);
  std::string_view text_of(const Field& field);

  ByteStream& bytes_;
  std::vector<char> buffer_;
  std::size_t row_ = 0;   // Where the row starts in the buffer.
  std::size_t next_ = 0;  // Where the next one does, or what comes next is to be looked at.
  std::size_t end_ = 0;   // Of the bytes in the buffer.
  bool started_ = false;
  State state_ = State::FieldStart;
  bool misplaced_ = false;  // Text behind a closing quote.
  Field field_ = {};
  std::vector<Field> fields_;
};

}  // namespace tendril

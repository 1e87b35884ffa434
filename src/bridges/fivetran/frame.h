// Frames: what a connector's process sends, as python/native/frames.h writes it: the size of the
// payload (u32), its kind (u8), the payload; all numbers little-endian.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.h"

namespace tendril {

enum class FrameKind : std::uint8_t {
  Rows = 1,
  Checkpoint = 2,
  LogLine = 3,
  Schema = 4,
  Answer = 5,
  Failure = 6,
  Done = 7,
  Warning = 8,
  Task = 9,
  FilePart = 10,
  Hello = 11,  // The first: which protocol and which kit.
  Profile = 12,
};

// What a value travels as.
enum class CellTag : std::uint8_t {
  Absent = 0,  // The row does not mention the column.
  Null = 1,
  False = 2,
  True = 3,
  Int = 4,    // 64 bits
  Float = 5,  // 64 bits
  Decimal = 6,
  String = 7,
  Json = 8,
  Xml = 9,
  Binary = 10,
  Date = 11,           // days since 1970-01-01, 32 bits
  NaiveDatetime = 12,  // microseconds, 64 bits
  UtcDatetime = 13,
  Time = 14,
};

enum class RowOperation : std::uint8_t { Upsert = 0, Update = 1, Delete = 2, Truncate = 3 };

std::string_view to_string(RowOperation operation);

// One value. `number` of ints, dates and instants, `real` of floats, `text` of what is text.
struct FrameCell {
  CellTag tag = CellTag::Absent;
  std::int64_t number = 0;
  double real = 0;
  std::string_view text = {};

  bool has_value() const { return tag != CellTag::Absent && tag != CellTag::Null; }
};

// A column of a frame. The views are into the frame.
class FrameColumn {
 public:
  FrameColumn(std::string_view name, std::string_view tags, std::string_view values)
      : name_(name), tags_(tags), values_(values) {}

  std::string_view name() const { return name_; }
  CellTag tag(std::size_t row) const { return static_cast<CellTag>(tags_[row]); }
  bool has(CellTag tag) const { return tags_.find(static_cast<char>(tag)) != tags_.npos; }
  // The first row that has a value; nullopt when all are absent or null.
  std::optional<std::size_t> first_value() const;

  // Reads the cells from the first row on. REQUIRES: parse_rows() returned the column.
  class Reader {
   public:
    explicit Reader(const FrameColumn& column) : column_(column), rest_(column.values_) {}
    FrameCell next();

   private:
    template <class T>
    T take();

    const FrameColumn& column_;
    std::string_view rest_;
    std::size_t row_ = 0;
  };

  // Slow: reads all before it.
  FrameCell cell(std::size_t row) const;

  // Errors: BadData when tags and values do not fit.
  Status check() const;

 private:
  std::string_view name_;
  std::string_view tags_;
  std::string_view values_;
};

struct RowsFrame {
  RowOperation operation = RowOperation::Upsert;
  std::string_view table = {};
  std::size_t rows = 0;
  std::vector<FrameColumn> columns = {};

  const FrameColumn* find(std::string_view column) const;
};

// Errors: BadData; nothing of the payload is trusted.
Result<RowsFrame> parse_rows(std::string_view payload);

struct FilePartFrame {
  std::string_view path = {};
  bool last = false;
  std::string_view bytes = {};
};
Result<FilePartFrame> parse_file_part(std::string_view payload);

struct LogFrame {
  int level = 0;
  std::string_view text = {};
};
Result<LogFrame> parse_log(std::string_view payload);

}  // namespace tendril

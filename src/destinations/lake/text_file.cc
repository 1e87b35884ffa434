// Rows as lines of text: JSON objects or comma-separated values. What both spell alike is in
// value_text.h.
//
// JSONL: one object a line, its members in the order of the columns. Booleans and numbers are
// JSON's own; decimals are strings, so that no reader rounds them, and so are NaN and infinities,
// for which JSON has no number. Json columns are embedded. CSV: a header, lines that end in CR LF;
// NULL is nothing at all between two commas, and an empty text is "". Source: RFC 4180.
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/checked_cast.h>

#include "core/json_text.h"
#include "data/batch.h"
#include "destinations/lake/output_file.h"
#include "destinations/lake/row_file.h"
#include "destinations/lake/value_text.h"

namespace tendril {
namespace {

using arrow::internal::checked_cast;

constexpr std::size_t kBufferBytes = std::size_t{256} * 1024;

// Types of the columns of arrow_columns(); our marks are instants and booleans.
std::vector<Type> column_types(const LakeLayout& layout) {
  std::vector<Type> types;
  for (const Column& column : layout.columns) {
    if (column.type.kind != TypeKind::Unknown) {
      types.push_back(column.type);
    }
  }
  const auto columns = arrow_columns(layout);
  for (auto index = static_cast<int>(types.size()); index < columns->num_fields(); ++index) {
    const bool flag = columns->field(index)->type()->id() == arrow::Type::BOOL;
    types.push_back({flag ? TypeKind::Boolean : TypeKind::UtcDatetime});
  }
  return types;
}

class TextFile : public RowFile {
 public:
  TextFile(std::unique_ptr<OutputFile> file, const LakeLayout& layout)
      : file_(std::move(file)), types_(column_types(layout)), columns_(arrow_columns(layout)) {}

  Status write(const arrow::RecordBatch& rows) override {
    for (std::int64_t row = 0; row < rows.num_rows(); ++row) {
      append_row(buffer_, rows, row);
      if (buffer_.size() >= kBufferBytes) {
        TRY(flush());
      }
    }
    rows_ += rows.num_rows();
    return {};
  }

  Status flush() override {
    TRY(file_->write(buffer_));
    buffer_.clear();
    return {};
  }

  std::size_t pending_bytes() const override { return buffer_.size(); }
  std::int64_t written_bytes() const override { return file_->bytes(); }

  Result<RowFileSums> close() override {
    TRY(flush());
    TRY(file_->close());
    return RowFileSums{rows_, file_->bytes(), file_->crc32()};
  }

 protected:
  virtual void append_row(std::string& out, const arrow::RecordBatch& rows, std::int64_t row) = 0;

  std::size_t column_count() const { return types_.size(); }
  Type type(std::size_t column) const { return types_[column]; }
  const std::string& name(std::size_t column) const {
    return columns_->field(static_cast<int>(column))->name();
  }

  std::string buffer_;

 private:
  const std::unique_ptr<OutputFile> file_;
  const std::vector<Type> types_;
  const std::shared_ptr<arrow::Schema> columns_;
  std::int64_t rows_ = 0;
};

class JsonlFile final : public TextFile {
 public:
  JsonlFile(std::unique_ptr<OutputFile> file, const LakeLayout& layout)
      : TextFile(std::move(file), layout) {
    for (std::size_t column = 0; column < column_count(); ++column) {
      std::string& begin = names_.emplace_back(column == 0 ? "{" : ",");
      append_json_string(begin, name(column));
      begin += ':';
    }
  }

 private:
  void append_row(std::string& out, const arrow::RecordBatch& rows, std::int64_t row) override {
    for (std::size_t column = 0; column < column_count(); ++column) {
      out += names_[column];
      const arrow::Array& values = *rows.column(static_cast<int>(column));
      if (values.IsNull(row)) {
        out += "null";
      } else {
        append_value(out, values, row, type(column));
      }
    }
    out += "}\n";
  }

  void append_value(std::string& out, const arrow::Array& values, std::int64_t row, Type type) {
    switch (type.kind) {
      case TypeKind::Boolean:
      case TypeKind::Short:
      case TypeKind::Int:
      case TypeKind::Long: append_value_text(out, values, row, type); return;
      case TypeKind::Json: append_embedded(out, values, row, type); return;
      case TypeKind::String:
      case TypeKind::Xml:
        append_json_string(out, checked_cast<const arrow::StringArray&>(values).GetView(row));
        return;
      case TypeKind::Float:
        if (std::isfinite(checked_cast<const arrow::FloatArray&>(values).Value(row))) {
          append_value_text(out, values, row, type);
          return;
        }
        break;
      case TypeKind::Double:
        if (std::isfinite(checked_cast<const arrow::DoubleArray&>(values).Value(row))) {
          append_value_text(out, values, row, type);
          return;
        }
        break;
      default: break;
    }
    // No other kind has anything to escape.
    out += '"';
    append_value_text(out, values, row, type);
    out += '"';
  }

  // JSON may be spread over lines, but only between its tokens.
  static void append_embedded(std::string& out, const arrow::Array& values, std::int64_t row,
                              Type type) {
    const std::size_t begin = out.size();
    append_value_text(out, values, row, type);
    std::replace_if(
        out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(),
        [](char c) { return c == '\n' || c == '\r'; }, ' ');
  }

  std::vector<std::string> names_;  // With what comes before and after them.
};

class CsvFile final : public TextFile {
 public:
  CsvFile(std::unique_ptr<OutputFile> file, const LakeLayout& layout)
      : TextFile(std::move(file), layout) {
    for (std::size_t column = 0; column < column_count(); ++column) {
      buffer_ += column == 0 ? "" : ",";
      append_field(buffer_, name(column), true);
    }
    buffer_ += "\r\n";
  }

 private:
  void append_row(std::string& out, const arrow::RecordBatch& rows, std::int64_t row) override {
    for (std::size_t column = 0; column < column_count(); ++column) {
      if (column > 0) {
        out += ',';
      }
      const arrow::Array& values = *rows.column(static_cast<int>(column));
      if (values.IsNull(row)) {
        continue;
      }
      text_.clear();
      append_value_text(text_, values, row, type(column));
      append_field(out, text_, may_need_quotes(type(column).kind));
    }
    out += "\r\n";
  }

  static bool may_need_quotes(TypeKind kind) {
    return kind == TypeKind::String || kind == TypeKind::Xml || kind == TypeKind::Json ||
           kind == TypeKind::Binary;
  }

  static void append_field(std::string& out, std::string_view text, bool check) {
    // Spaces at the ends are kept by the standard, and lost by some readers all the same.
    const bool quotes = check && (text.empty() || text.front() == ' ' || text.back() == ' ' ||
                                  text.find_first_of("\",\r\n") != std::string_view::npos);
    if (!quotes) {
      out += text;
      return;
    }
    out += '"';
    for (const char c : text) {
      out.append(c == '"' ? 2 : 1, c);
    }
    out += '"';
  }

  std::string text_;  // Of one value; kept for its memory.
};

}  // namespace

Result<std::unique_ptr<RowFile>> open_jsonl_file(const std::filesystem::path& path,
                                                 const LakeLayout& layout) {
  auto output = TRY(OutputFile::open(path));
  return std::make_unique<JsonlFile>(std::move(output), layout);
}

Result<std::unique_ptr<RowFile>> open_csv_file(const std::filesystem::path& path,
                                               const LakeLayout& layout) {
  auto output = TRY(OutputFile::open(path));
  return std::make_unique<CsvFile>(std::move(output), layout);
}

}  // namespace tendril

// Batch files in CSV. Texts stand in quotes where they have to, and at their ends' spaces, which
// some readers lose; numbers, times and truth values never have to.
#include <algorithm>
#include <string_view>
#include <utility>

#include <arrow/array.h>

#include "bridges/partner/batch_file_writer.h"
#include "bridges/partner/batch_sink.h"
#include "bridges/partner/cell_text.h"

namespace tendril {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} * 1024;

bool may_need_quotes(TypeKind kind) {
  return kind == TypeKind::String || kind == TypeKind::Xml || kind == TypeKind::Json ||
         kind == TypeKind::Unknown;
}

bool needs_quotes(std::string_view text) {
  return text.empty() || text.front() == ' ' || text.back() == ' ' ||
         text.find_first_of("\",\r\n") != std::string_view::npos;
}

// Puts the text that `out` has from `begin` on into quotes.
void quote(std::string& out, std::size_t begin, std::string& buffer) {
  buffer.assign(out, begin);
  out.resize(begin);
  out += '"';
  for (std::size_t at = 0; at < buffer.size();) {
    const std::size_t mark = std::min(buffer.find('"', at), buffer.size());
    out.append(buffer, at, mark - at);
    out += mark < buffer.size() ? "\"\"" : "";
    at = mark + 1;
  }
  out += '"';
}

class CsvBatchWriter final : public BatchFileWriter {
 public:
  CsvBatchWriter(std::unique_ptr<BatchSink> sink, const BatchFileParams& params,
                 std::vector<BatchFileColumn> columns, std::size_t bytes_max)
      : sink_(std::move(sink)),
        null_string_(params.null_string),
        unmodified_string_(params.unmodified_string),
        columns_(std::move(columns)),
        bytes_max_(bytes_max) {
    for (const BatchFileColumn& each : columns_) {
      text_ += text_.empty() ? "" : ",";
      append_text(each.column.name);
    }
    text_ += '\n';
  }

  Result<std::int64_t> write(std::span<const FileCells> columns, std::int64_t first,
                             std::int64_t count) override {
    std::int64_t row = first;
    for (; row < count && !full(); ++row) {
      append_row(columns, row);
      if (text_.size() >= kPieceBytes) {
        TRY(flush());
      }
    }
    return row - first;
  }

  bool full() const override {
    return static_cast<std::size_t>(sink_->bytes_given()) + text_.size() >= bytes_max_;
  }

  Status close() override {
    TRY(flush());
    return sink_->close();
  }

  const std::filesystem::path& path() const override { return sink_->path(); }
  const std::string& key() const override { return sink_->key(); }

 private:
  void append_row(std::span<const FileCells> columns, std::int64_t row) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (i > 0) {
        text_ += ',';
      }
      const FileCells& cells = columns[i];
      if (cells.values == nullptr && columns_[i].may_stay) {
        text_ += unmodified_string_;
      } else if (cells.values == nullptr || cells.values->IsNull(row)) {
        text_ += null_string_;
      } else {
        append_cell(cells, row, columns_[i].column.type);
      }
    }
    text_ += '\n';
  }

  void append_cell(const FileCells& cells, std::int64_t row, Type type) {
    const std::size_t begin = text_.size();
    append_widened_text(text_, *cells.values, row, cells.type, type);
    if (may_need_quotes(cells.type.kind) &&
        needs_quotes({text_.data() + begin, text_.size() - begin})) {
      quote(text_, begin, quoted_);
    }
  }

  void append_text(std::string_view text) {
    const std::size_t begin = text_.size();
    text_ += text;
    if (needs_quotes(text)) {
      quote(text_, begin, quoted_);
    }
  }

  Status flush() {
    TRY(sink_->write(text_));
    text_.clear();
    return {};
  }

  const std::unique_ptr<BatchSink> sink_;
  const std::string null_string_;
  const std::string unmodified_string_;
  const std::vector<BatchFileColumn> columns_;
  const std::size_t bytes_max_;
  std::string text_;    // On its way to the sink.
  std::string quoted_;  // Of one value; kept for its memory.
};

}  // namespace

std::unique_ptr<BatchFileWriter> csv_batch_writer(std::unique_ptr<BatchSink> sink,
                                                  const BatchFileParams& params,
                                                  std::vector<BatchFileColumn> columns,
                                                  std::size_t bytes_max) {
  return std::make_unique<CsvBatchWriter>(std::move(sink), params, std::move(columns), bytes_max);
}

Result<std::unique_ptr<BatchFileWriter>> open_batch_file(const std::filesystem::path& path,
                                                         const BatchFileParams& params,
                                                         std::vector<BatchFileColumn> columns,
                                                         std::size_t bytes_max) {
  auto sink = TRY(BatchSink::create(path, params));
  if (params.format == BatchFileFormat::Csv) {
    return csv_batch_writer(std::move(sink), params, std::move(columns), bytes_max);
  }
  return parquet_batch_writer(std::move(sink), params, std::move(columns), bytes_max);
}

}  // namespace tendril

// Batch files in Parquet, with the types of batch_file.h. Their pages are compressed, whatever is
// said of the file as a whole.
#include <exception>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/builder_binary.h>
#include <arrow/array/util.h>
#include <arrow/compute/cast.h>
#include <arrow/io/interfaces.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/byte_size.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include "bridges/partner/batch_file_writer.h"
#include "bridges/partner/batch_sink.h"
#include "bridges/partner/cell_text.h"
#include "data/batch.h"

namespace tendril {
namespace {

constexpr std::size_t kGroupBytes = std::size_t{32} * 1024 * 1024;

// A BatchSink as Arrow sees one.
class SinkStream final : public arrow::io::OutputStream {
 public:
  explicit SinkStream(BatchSink& sink) : sink_(sink) {}

  arrow::Status Write(const void* data, std::int64_t size) override {
    const Status written =
        sink_.write({static_cast<const char*>(data), static_cast<std::size_t>(size)});
    return written.ok() ? arrow::Status::OK() : arrow::Status::IOError(written.error().message);
  }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  bool closed() const override { return closed_; }
  arrow::Result<std::int64_t> Tell() const override { return sink_.bytes_given(); }

 private:
  BatchSink& sink_;
  bool closed_ = false;
};

// What carries a column in the file.
std::shared_ptr<arrow::DataType> carrier(const BatchFileColumn& column) {
  switch (column.may_stay ? TypeKind::String : column.column.type.kind) {
    case TypeKind::Short: return arrow::int32();
    case TypeKind::Boolean:
    case TypeKind::Int:
    case TypeKind::Long:
    case TypeKind::Float:
    case TypeKind::Double:
    case TypeKind::Decimal:
    case TypeKind::Binary: return arrow_type(column.column.type);
    default: return arrow::utf8();
  }
}

arrow::Result<std::shared_ptr<arrow::Array>> texts_of(const FileCells& cells, Type to) {
  arrow::StringBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Reserve(cells.values->length()));
  std::string text;
  for (std::int64_t row = 0; row < cells.values->length(); ++row) {
    text.clear();
    if (cells.values->IsNull(row)) {
      ARROW_RETURN_NOT_OK(builder.AppendNull());
      continue;
    }
    append_widened_text(text, *cells.values, row, cells.type, to);
    ARROW_RETURN_NOT_OK(builder.Append(text));
  }
  return builder.Finish();
}

arrow::Result<std::shared_ptr<arrow::Array>> carried(const FileCells& cells, Type to,
                                                     const std::shared_ptr<arrow::DataType>& type) {
  if (cells.type.kind == TypeKind::Unknown) {
    return arrow::MakeArrayOfNull(type, cells.values->length());
  }
  if (cells.values->type()->Equals(*type)) {
    return cells.values;
  }
  if (type->id() == arrow::Type::STRING) {
    return texts_of(cells, to);
  }
  // Large integers become the doubles that are next to them.
  return arrow::compute::Cast(*cells.values, type, arrow::compute::CastOptions::Unsafe(type));
}

class ParquetBatchWriter final : public BatchFileWriter {
 public:
  ParquetBatchWriter(std::unique_ptr<BatchSink> sink, const BatchFileParams& params,
                     std::vector<BatchFileColumn> columns, std::size_t bytes_max)
      : sink_(std::move(sink)),
        unmodified_string_(params.unmodified_string),
        columns_(std::move(columns)),
        bytes_max_(bytes_max) {
    arrow::FieldVector fields;
    for (const BatchFileColumn& column : columns_) {
      fields.push_back(arrow::field(column.column.name, carrier(column)));
    }
    schema_ = arrow::schema(std::move(fields));
  }

  Status open() {
    return guarded([&] {
      parquet::WriterProperties::Builder properties;
      properties.compression(parquet::Compression::ZSTD)
          ->data_page_version(parquet::ParquetDataPageVersion::V1)
          ->max_row_group_length(std::int64_t{1} << 40U)
          ->created_by("tendril");
      return parquet::arrow::FileWriter::Open(*schema_, arrow::default_memory_pool(),
                                              std::make_shared<SinkStream>(*sink_),
                                              properties.build())
          .Value(&writer_);
    });
  }

  Result<std::int64_t> write(std::span<const FileCells> columns, std::int64_t first,
                             std::int64_t count) override {
    TRY(guarded([&]() -> arrow::Status {
      if (!std::exchange(group_is_open_, true)) {
        ARROW_RETURN_NOT_OK(writer_->NewBufferedRowGroup());
      }
      arrow::ArrayVector arrays;
      for (std::size_t i = 0; i < columns.size(); ++i) {
        ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Array> array,
                              column_of(i, columns[i], first, count));
        arrays.push_back(std::move(array));
      }
      const auto rows = arrow::RecordBatch::Make(schema_, count - first, std::move(arrays));
      ARROW_ASSIGN_OR_RAISE(const std::int64_t bytes, arrow::util::ReferencedBufferSize(*rows));
      open_bytes_ += static_cast<std::size_t>(bytes);
      return writer_->WriteRecordBatch(*rows);
    }));
    if (open_bytes_ >= kGroupBytes) {
      bytes_before_ += std::exchange(open_bytes_, 0);
      group_is_open_ = false;
    }
    return count - first;
  }

  bool full() const override { return bytes_before_ + open_bytes_ >= bytes_max_; }

  Status close() override {
    TRY(guarded([&] { return writer_->Close(); }));
    return sink_->close();
  }

  const std::filesystem::path& path() const override { return sink_->path(); }
  const std::string& key() const override { return sink_->key(); }

 private:
  arrow::Result<std::shared_ptr<arrow::Array>> column_of(std::size_t index, const FileCells& cells,
                                                         std::int64_t first,
                                                         std::int64_t count) const {
    const auto& type = schema_->field(static_cast<int>(index))->type();
    if (cells.values != nullptr) {
      return carried({cells.values->Slice(first, count - first), cells.type},
                     columns_[index].column.type, type);
    }
    return columns_[index].may_stay
               ? arrow::MakeArrayFromScalar(arrow::StringScalar(unmodified_string_), count - first)
               : arrow::MakeArrayOfNull(type, count - first);
  }

  template <class Step>
  Status guarded(Step step) {
    arrow::Status status;
    try {
      status = step();
    } catch (const std::exception& exception) {
      status = arrow::Status::IOError(exception.what());
    }
    if (status.ok()) {
      return {};
    }
    return Error{
        .code = status.IsIOError() ? ErrorCode::System : ErrorCode::BadData,
        .message = "writing batch file " + sink_->path().string() + ": " + status.message()};
  }

  const std::unique_ptr<BatchSink> sink_;  // Outlives the writer.
  const std::string unmodified_string_;
  const std::vector<BatchFileColumn> columns_;
  const std::size_t bytes_max_;
  std::shared_ptr<arrow::Schema> schema_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  bool group_is_open_ = false;
  std::size_t open_bytes_ = 0;    // Of the row group that is open.
  std::size_t bytes_before_ = 0;  // Of those that are complete.
};

}  // namespace

Result<std::unique_ptr<BatchFileWriter>> parquet_batch_writer(std::unique_ptr<BatchSink> sink,
                                                              const BatchFileParams& params,
                                                              std::vector<BatchFileColumn> columns,
                                                              std::size_t bytes_max) {
  auto writer =
      std::make_unique<ParquetBatchWriter>(std::move(sink), params, std::move(columns), bytes_max);
  TRY(writer->open());
  return writer;
}

}  // namespace tendril

// Rows as Parquet. Row groups end by bytes, so that what is held in memory does not grow with the
// width of the rows; columns of type Json carry Parquet's JSON mark.
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/extension/json.h>
#include <arrow/io/interfaces.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <arrow/util/byte_size.h>
#include <parquet/arrow/writer.h>
#include <parquet/exception.h>
#include <parquet/properties.h>

#include "destinations/lake/output_file.h"
#include "destinations/lake/row_file.h"

namespace tendril {
namespace {

Error refused(const arrow::Status& status, const std::optional<Error>& cause) {
  return cause ? *cause
               : Error{.code = ErrorCode::System,
                       .message = "writing a Parquet file: " + status.message()};
}

// An OutputFile as Arrow sees one.
class FileStream final : public arrow::io::OutputStream {
 public:
  explicit FileStream(std::unique_ptr<OutputFile> file) : file_(std::move(file)) {}

  arrow::Status Write(const void* data, std::int64_t size) override {
    return checked(file_->write({static_cast<const char*>(data), static_cast<std::size_t>(size)}));
  }
  arrow::Status Close() override {
    return std::exchange(closed_, true) ? arrow::Status::OK() : checked(file_->close());
  }
  bool closed() const override { return closed_; }
  arrow::Result<std::int64_t> Tell() const override { return file_->bytes(); }

  const OutputFile& file() const { return *file_; }
  const std::optional<Error>& error() const { return error_; }

 private:
  arrow::Status checked(const Status& status) {
    if (status.ok()) {
      return arrow::Status::OK();
    }
    error_ = status.error();
    return arrow::Status::IOError(error_->message);
  }

  const std::unique_ptr<OutputFile> file_;
  bool closed_ = false;
  std::optional<Error> error_;
};

class ParquetFile final : public RowFile {
 public:
  ParquetFile(std::shared_ptr<FileStream> stream, const LakeLayout& layout, std::size_t group_bytes)
      : stream_(std::move(stream)), group_bytes_(group_bytes) {
    const auto plain = arrow_columns(layout);
    arrow::FieldVector fields = plain->fields();
    for (const Column& column : layout.columns) {
      const int index = plain->GetFieldIndex(column.name);
      if (column.type.kind == TypeKind::Json && index >= 0) {
        auto& field = fields[static_cast<std::size_t>(index)];
        field = field->WithType(arrow::extension::json(arrow::utf8()));
        json_columns_.push_back(index);
      }
    }
    schema_ = arrow::schema(std::move(fields));
  }

  Status open(LakeCompression compression) {
    return guarded([&] {
      parquet::WriterProperties::Builder properties;
      properties.compression(codec(compression))
          ->data_page_version(parquet::ParquetDataPageVersion::V1)
          ->version(parquet::ParquetVersion::PARQUET_2_6)
          ->max_row_group_length(std::int64_t{1} << 40U)
          ->created_by("tendril");
      return parquet::arrow::FileWriter::Open(*schema_, arrow::default_memory_pool(), stream_,
                                              properties.build())
          .Value(&writer_);
    });
  }

  Status write(const arrow::RecordBatch& rows) override {
    arrow::ArrayVector columns = rows.columns();
    for (const int index : json_columns_) {
      auto& column = columns[static_cast<std::size_t>(index)];
      column = arrow::ExtensionType::WrapArray(schema_->field(index)->type(), column);
    }
    const auto typed = arrow::RecordBatch::Make(schema_, rows.num_rows(), std::move(columns));
    if (!std::exchange(group_is_open_, true)) {
      TRY(guarded([&] { return writer_->NewBufferedRowGroup(); }));
    }
    TRY(guarded([&] { return writer_->WriteRecordBatch(*typed); }));
    rows_ += rows.num_rows();
    pending_bytes_ +=
        static_cast<std::size_t>(arrow::util::ReferencedBufferSize(rows).ValueOr(0)) + 1;
    return pending_bytes_ >= group_bytes_ ? flush() : Status();
  }

  Status flush() override {
    if (pending_bytes_ > 0) {
      pending_bytes_ = 0;
      TRY(guarded([&] { return writer_->NewBufferedRowGroup(); }));
    }
    return {};
  }

  std::size_t pending_bytes() const override { return pending_bytes_; }
  std::int64_t written_bytes() const override { return stream_->file().bytes(); }

  Result<RowFileSums> close() override {
    TRY(guarded([&] { return writer_->Close(); }));
    TRY(guarded([&] { return stream_->Close(); }));
    return RowFileSums{rows_, stream_->file().bytes(), stream_->file().crc32()};
  }

 private:
  static parquet::Compression::type codec(LakeCompression compression) {
    switch (compression) {
      case LakeCompression::None: return parquet::Compression::UNCOMPRESSED;
      case LakeCompression::Snappy: return parquet::Compression::SNAPPY;
      case LakeCompression::Zstd: return parquet::Compression::ZSTD;
    }
    return parquet::Compression::SNAPPY;
  }

  template <class Step>
  Status guarded(Step step) {
    try {
      const arrow::Status status = step();
      return status.ok() ? Status() : refused(status, stream_->error());
    } catch (const std::exception& exception) {
      return refused(arrow::Status::IOError(exception.what()), stream_->error());
    }
  }

  const std::shared_ptr<FileStream> stream_;  // Shared with the writer.
  const std::size_t group_bytes_;
  std::vector<int> json_columns_;
  std::shared_ptr<arrow::Schema> schema_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  std::int64_t rows_ = 0;
  bool group_is_open_ = false;
  std::size_t pending_bytes_ = 0;  // Of the row group that is open.
};

}  // namespace

Result<std::unique_ptr<RowFile>> open_parquet_file(const std::filesystem::path& path,
                                                   const LakeLayout& layout,
                                                   const RowFileOptions& options) {
  auto output = TRY(OutputFile::open(path));
  auto file = std::make_unique<ParquetFile>(std::make_shared<FileStream>(std::move(output)), layout,
                                            options.group_bytes);
  TRY(file->open(options.compression));
  return file;
}

}  // namespace tendril

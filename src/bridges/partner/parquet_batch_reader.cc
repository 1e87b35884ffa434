#include "bridges/partner/parquet_batch_reader.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <arrow/array/array_binary.h>
#include <arrow/array/array_decimal.h>
#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>
#include <parquet/properties.h>

#include "bridges/partner/row_collector.h"
#include "data/batch.h"
#include "data/text_column.h"

namespace tendril {
namespace {

// Unpacked, several times what the protocol lets a file have.
constexpr std::size_t kBytesMax = std::size_t{1} << 30U;
constexpr std::int64_t kRowsAtOnce = 8'192;

// What a column is when it is none of our types already. Bytes that Parquet does not call a text
// are a value of Binary as they are.
std::optional<Type> type_of(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL: return Type{TypeKind::Boolean};
    case arrow::Type::INT16: return Type{TypeKind::Short};
    case arrow::Type::INT32: return Type{TypeKind::Int};
    case arrow::Type::INT64: return Type{TypeKind::Long};
    case arrow::Type::FLOAT: return Type{TypeKind::Float};
    case arrow::Type::DOUBLE: return Type{TypeKind::Double};
    case arrow::Type::DATE32: return Type{TypeKind::NaiveDate};
    case arrow::Type::STRING: return Type{TypeKind::String};
    case arrow::Type::BINARY: return Type{TypeKind::Binary};
    case arrow::Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::Decimal128Type&>(type);
      if (decimal.scale() < 0 || decimal.scale() > decimal.precision()) {
        return std::nullopt;
      }
      return decimal_type(decimal.precision(), decimal.scale());
    }
    case arrow::Type::TIME64: {
      const auto& time = static_cast<const arrow::Time64Type&>(type);
      return time.unit() == arrow::TimeUnit::MICRO ? std::optional(Type{TypeKind::NaiveTime})
                                                   : std::nullopt;
    }
    case arrow::Type::TIMESTAMP: {
      const auto& time = static_cast<const arrow::TimestampType&>(type);
      if (time.unit() != arrow::TimeUnit::MICRO) {
        return std::nullopt;
      }
      return Type{time.timezone().empty() ? TypeKind::NaiveDatetime : TypeKind::UtcDatetime};
    }
    default: return std::nullopt;
  }
}

class ParquetBatchReader final : public BatchFileReader {
 public:
  ParquetBatchReader(BatchFileSource source, std::vector<Column> wanted)
      : source_(std::move(source)), wanted_(std::move(wanted)) {}

  Status open(const std::shared_ptr<arrow::Buffer>& bytes) {
    try {
      parquet::arrow::FileReaderBuilder builder;
      TRY(checked(builder.Open(std::make_shared<arrow::io::BufferReader>(bytes))));
      parquet::ArrowReaderProperties properties;
      properties.set_batch_size(kRowsAtOnce);
      properties.set_coerce_int96_timestamp_unit(arrow::TimeUnit::MICRO);
      auto reader = builder.properties(properties)->Build();
      TRY(checked(reader.status()));
      file_ = *std::move(reader);
      auto batches = file_->GetRecordBatchReader();
      TRY(checked(batches.status()));
      batches_ = *std::move(batches);
    } catch (const parquet::ParquetException& failure) {
      return damaged(failure.what());
    }
    for (const auto& field : batches_->schema()->fields()) {
      names_.push_back(field->name());
    }
    rows_ = std::make_unique<RowCollector>(source_, wanted_, names_);
    return {};
  }

  const std::vector<std::string>& names() const override { return names_; }

  Result<std::optional<BatchFileRows>> next() override {
    std::shared_ptr<arrow::RecordBatch> batch;
    try {
      do {
        TRY(checked(batches_->ReadNext(&batch)));
      } while (batch != nullptr && batch->num_rows() == 0);
    } catch (const parquet::ParquetException& failure) {
      return damaged(failure.what());
    }
    if (batch == nullptr) {
      return std::optional<BatchFileRows>();
    }
    auto rows = TRY(collect(*batch));
    return std::optional(std::move(rows));
  }

 private:
  struct Source {
    int place = -1;
    std::shared_ptr<arrow::Array> ready = nullptr;  // Of the type that is wanted.
    std::shared_ptr<arrow::BinaryArray> texts = nullptr;
    bool raw = false;  // The texts are bytes for a Binary column.
  };

  Error damaged(std::string_view why) const {
    return {ErrorCode::BadData, fmt::format("batch file {} is no Parquet file, or damaged: {}",
                                            source_.path, why.substr(0, 150))};
  }

  Status checked(const arrow::Status& status) const {
    return status.ok() ? Status() : Status(damaged(status.message()));
  }

  Result<Source> source_of(const arrow::RecordBatch& batch, std::size_t column) const {
    Source source{.place = rows_->place_of(column)};
    if (source.place < 0) {
      return source;
    }
    const auto& values = batch.column(static_cast<int>(column));
    const Type wanted = wanted_[static_cast<std::size_t>(source.place)].type;
    const auto from = type_of(*values->type());
    const bool text = from && (from->kind == TypeKind::String || from->kind == TypeKind::Binary);
    if (values->type_id() == arrow::Type::NA) {
      return source;
    }
    if (!from) {
      return Error{ErrorCode::BadData,
                   fmt::format("batch file {}, column {}: {} is no type of a batch file",
                               source_.path, names_[column], values->type()->ToString())};
    }
    if (text) {
      source.texts = std::static_pointer_cast<arrow::BinaryArray>(values);
      source.raw = from->kind == TypeKind::Binary && wanted.kind == TypeKind::Binary;
    } else if (values->type()->Equals(*arrow_type(wanted))) {
      source.ready = values;
    } else {
      auto texts = TRY(text_column(*values, *from));
      source.texts = std::static_pointer_cast<arrow::BinaryArray>(texts);
    }
    return source;
  }

  Status add_cell(const Source& source, std::int64_t row) {
    if (source.texts == nullptr || source.texts->IsNull(row)) {
      rows_->add_null(source.place);
      return {};
    }
    const std::string_view text = source.texts->GetView(row);
    if (source.raw) {
      rows_->add_bytes(source.place, text);
      return {};
    }
    return rows_->add_text(source.place, text);
  }

  Result<BatchFileRows> collect(const arrow::RecordBatch& batch) {
    std::vector<Source> sources;
    for (std::size_t column = 0; column < names_.size(); ++column) {
      auto source = TRY(source_of(batch, column));
      if (source.place >= 0) {
        sources.push_back(std::move(source));
      }
    }
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      for (const Source& source : sources) {
        TRY(add_cell(source, row));
      }
      rows_->end_row();
    }
    BatchFileRows rows = TRY(rows_->take());
    for (const Source& source : sources) {
      if (source.ready != nullptr) {
        const auto field = rows.values->schema()->field(source.place);
        auto replaced = rows.values->SetColumn(source.place, field, source.ready);
        TRY(checked(replaced.status()));
        rows.values = *std::move(replaced);
      }
    }
    return rows;
  }

  const BatchFileSource source_;
  const std::vector<Column> wanted_;
  std::unique_ptr<parquet::arrow::FileReader> file_;
  std::shared_ptr<arrow::RecordBatchReader> batches_;  // As Arrow hands it out.
  std::vector<std::string> names_;
  std::unique_ptr<RowCollector> rows_;
};

Result<std::shared_ptr<arrow::Buffer>> whole(ByteStream& bytes, const std::string& path) {
  constexpr std::size_t kPieceBytes = std::size_t{1} << 20U;
  std::string all;
  std::vector<char> piece(kPieceBytes);
  for (;;) {
    const std::size_t count = TRY(bytes.read(piece.data(), piece.size()));
    if (count == 0) {
      break;
    }
    if (all.size() + count > kBytesMax) {
      return Error{ErrorCode::BadData, fmt::format("batch file {} is larger than {} MB unpacked",
                                                   path, kBytesMax >> 20U)};
    }
    all.append(piece.data(), count);
  }
  return arrow::Buffer::FromString(std::move(all));
}

}  // namespace

Result<std::unique_ptr<BatchFileReader>> parquet_batch_reader(const BatchFileSource& source,
                                                              std::vector<Column> wanted,
                                                              std::unique_ptr<ByteStream> bytes) {
  auto buffer = TRY(whole(*bytes, source.path));
  auto reader = std::make_unique<ParquetBatchReader>(source, std::move(wanted));
  TRY(reader->open(buffer));
  return reader;
}

}  // namespace tendril

#include "destinations/postgres/copy_column.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include <arrow/array.h>
#include <arrow/util/bit_util.h>
#include <arrow/util/checked_cast.h>
#include <arrow/util/decimal.h>
#include <fmt/format.h>

#include "core/check.h"
#include "data/text_column.h"
#include "destinations/postgres/numeric.h"
#include "destinations/postgres/text_copy_column.h"
#include "destinations/postgres/wire.h"

namespace tendril {
namespace {

using arrow::internal::checked_cast;

using ColumnResult = Result<std::unique_ptr<CopyColumn>>;

constexpr std::uint32_t kNullLength = 0xFFFFFFFF;

// PostgreSQL counts from 2000-01-01, and knows no time before 4713 BC.
// Source: src/include/datatype/timestamp.h.
constexpr std::int32_t kEpochDays = 10'957;
constexpr std::int64_t kMicrosPerDay = 86'400'000'000;
constexpr std::int64_t kEpochMicros = kEpochDays * kMicrosPerDay;
constexpr std::int64_t kDaysMin = -2'440'588;
constexpr std::int64_t kDaysMax = 2'145'031'948;
constexpr std::int64_t kMicrosMin = kDaysMin * kMicrosPerDay;

// One width for all rows; `read` returns a row's value as an unsigned number of that width.
template <class Wire, class Read>
class FixedCopyColumn final : public CopyColumn {
 public:
  FixedCopyColumn(std::shared_ptr<arrow::Array> values, Read read)
      : values_(std::move(values)), valid_(*values_), read_(std::move(read)) {}

  void measure(const CopyBlock& block, std::uint64_t* sizes) override {
    if (valid_.always()) {
      for (std::int64_t row = 0; row < block.rows; ++row) {
        sizes[row] += 4 + sizeof(Wire);
      }
      return;
    }
    for (std::int64_t row = 0; row < block.rows; ++row) {
      sizes[row] += valid_(block.first + row) ? 4 + sizeof(Wire) : 4;
    }
  }

  void write(const CopyBlock& block, char** places) override {
    const bool always = valid_.always();
    for (std::int64_t row = 0; row < block.rows; ++row) {
      char* place = places[row];
      if (always || valid_(block.first + row)) {
        place = put_wire(place, static_cast<std::uint32_t>(sizeof(Wire)));
        place = put_wire(place, static_cast<Wire>(read_(block.first + row)));
      } else {
        place = put_wire(place, kNullLength);
      }
      places[row] = place;
    }
  }

 private:
  const std::shared_ptr<arrow::Array> values_;  // Shared with the batch.
  const CopyValidity valid_;
  const Read read_;
};

template <class Wire, class Read>
std::unique_ptr<CopyColumn> fixed(const std::shared_ptr<arrow::Array>& values, Read read) {
  return std::make_unique<FixedCopyColumn<Wire, Read>>(values, std::move(read));
}

// Decimals are encoded while they are measured: their size follows from their digits.
template <class Read>
class NumericCopyColumn final : public CopyColumn {
 public:
  NumericCopyColumn(std::shared_ptr<arrow::Array> values, int scale, Read read)
      : values_(std::move(values)), valid_(*values_), scale_(scale), read_(std::move(read)) {}

  void measure(const CopyBlock& block, std::uint64_t* sizes) override {
    for (std::int64_t row = 0; row < block.rows; ++row) {
      char* const place = encoded_[static_cast<std::size_t>(row)].data();
      if (valid_(block.first + row)) {
        sizes_[static_cast<std::size_t>(row)] =
            write_numeric(read_(block.first + row), scale_, place);
      } else {
        put_wire(place, kNullLength);
        sizes_[static_cast<std::size_t>(row)] = 4;
      }
      sizes[row] += sizes_[static_cast<std::size_t>(row)];
    }
  }

  void write(const CopyBlock& block, char** places) override {
    for (std::int64_t row = 0; row < block.rows; ++row) {
      const auto index = static_cast<std::size_t>(row);
      std::memcpy(places[row], encoded_[index].data(), sizes_[index]);
      places[row] += sizes_[index];
    }
  }

 private:
  const std::shared_ptr<arrow::Array> values_;  // Shared with the batch.
  const CopyValidity valid_;
  const int scale_;
  const Read read_;
  std::array<std::array<char, kNumericBytesMax>, kCopyBlockRows> encoded_;
  std::array<std::size_t, kCopyBlockRows> sizes_;
};

// The same bytes in each row, its length before them.
class ConstantCopyColumn final : public CopyColumn {
 public:
  explicit ConstantCopyColumn(std::string encoded) : encoded_(std::move(encoded)) {}

  void measure(const CopyBlock& block, std::uint64_t* sizes) override {
    for (std::int64_t row = 0; row < block.rows; ++row) {
      sizes[row] += encoded_.size();
    }
  }

  void write(const CopyBlock& block, char** places) override {
    for (std::int64_t row = 0; row < block.rows; ++row) {
      std::memcpy(places[row], encoded_.data(), encoded_.size());
      places[row] += encoded_.size();
    }
  }

 private:
  const std::string encoded_;
};

class CountingCopyColumn final : public CopyColumn {
 public:
  explicit CountingCopyColumn(std::int64_t first) : first_(first) {}

  void measure(const CopyBlock& block, std::uint64_t* sizes) override {
    for (std::int64_t row = 0; row < block.rows; ++row) {
      sizes[row] += 12;
    }
  }

  void write(const CopyBlock& block, char** places) override {
    for (std::int64_t row = 0; row < block.rows; ++row) {
      char* const place = put_wire(places[row], std::uint32_t{8});
      places[row] = put_wire(place, static_cast<std::uint64_t>(first_ + block.first + row));
    }
  }

 private:
  const std::int64_t first_;
};

template <class Wire>
std::unique_ptr<CopyColumn> constant(Wire value) {
  std::string encoded(4 + sizeof(Wire), '\0');
  put_wire(put_wire(encoded.data(), static_cast<std::uint32_t>(sizeof(Wire))), value);
  return std::make_unique<ConstantCopyColumn>(std::move(encoded));
}

// Calls `use` with the raw numbers of an array; no other types get here.
template <class Use>
auto with_numbers(const arrow::Array& values, TypeKind kind, Use use) {
  switch (kind) {
    case TypeKind::Short: return use(checked_cast<const arrow::Int16Array&>(values).raw_values());
    case TypeKind::Int: return use(checked_cast<const arrow::Int32Array&>(values).raw_values());
    case TypeKind::Long: return use(checked_cast<const arrow::Int64Array&>(values).raw_values());
    case TypeKind::Float: return use(checked_cast<const arrow::FloatArray&>(values).raw_values());
    default: break;
  }
  CHECK(kind == TypeKind::Double);
  return use(checked_cast<const arrow::DoubleArray&>(values).raw_values());
}

template <class Wire, class Number>
std::unique_ptr<CopyColumn> number_column(const std::shared_ptr<arrow::Array>& values,
                                          TypeKind from) {
  return with_numbers(*values, from, [&](const auto* numbers) {
    return fixed<Wire>(values, [numbers](std::int64_t row) {
      return std::bit_cast<Wire>(static_cast<Number>(numbers[row]));
    });
  });
}

std::unique_ptr<CopyColumn> decimal_column(const std::shared_ptr<arrow::Array>& values, Type from,
                                           Type to) {
  WideInteger factor = 1;
  for (int scale = from.scale; scale < to.scale; ++scale) {
    factor *= 10;
  }
  const auto made = [&](auto read) -> std::unique_ptr<CopyColumn> {
    return std::make_unique<NumericCopyColumn<decltype(read)>>(values, to.scale, read);
  };
  if (from.kind == TypeKind::Decimal) {
    const auto* const decimals = &checked_cast<const arrow::Decimal128Array&>(*values);
    return made([decimals, factor](std::int64_t row) {
      WideInteger number = 0;
      std::memcpy(&number, decimals->GetValue(row), sizeof(number));
      return number * factor;
    });
  }
  return with_numbers(*values, from.kind, [&](const auto* numbers) {
    return made([numbers, factor](std::int64_t row) {
      return static_cast<WideInteger>(static_cast<std::int64_t>(numbers[row])) * factor;
    });
  });
}

Error out_of_range(const PostgresColumn& to, const std::string& value) {
  return {ErrorCode::BadData,
          fmt::format("postgres stores no time before 4713 BC: column {}: {}", to.source, value)};
}

ColumnResult date_column(const std::shared_ptr<arrow::Array>& values, const PostgresColumn& to) {
  const auto& dates = checked_cast<const arrow::Date32Array&>(*values);
  for (std::int64_t row = 0; row < dates.length(); ++row) {
    if (dates.IsValid(row) && (dates.Value(row) < kDaysMin || dates.Value(row) > kDaysMax)) {
      return out_of_range(to, std::to_string(dates.Value(row)) + " days");
    }
  }
  const std::int32_t* const days = dates.raw_values();
  if (to.type.type.kind == TypeKind::NaiveDate) {
    return fixed<std::uint32_t>(values, [days](std::int64_t row) {
      return static_cast<std::uint32_t>(days[row] - kEpochDays);
    });
  }
  for (std::int64_t row = 0; row < dates.length(); ++row) {
    if (dates.IsValid(row) && dates.Value(row) > INT64_MAX / kMicrosPerDay) {
      return out_of_range(to, std::to_string(dates.Value(row)) + " days");
    }
  }
  return fixed<std::uint64_t>(values, [days](std::int64_t row) {
    return static_cast<std::uint64_t>((days[row] - std::int64_t{kEpochDays}) * kMicrosPerDay);
  });
}

ColumnResult timestamp_column(const std::shared_ptr<arrow::Array>& values,
                              const PostgresColumn& to) {
  const auto& instants = checked_cast<const arrow::TimestampArray&>(*values);
  for (std::int64_t row = 0; row < instants.length(); ++row) {
    if (instants.IsValid(row) && instants.Value(row) < kMicrosMin) {
      return out_of_range(to, std::to_string(instants.Value(row)) + " microseconds");
    }
  }
  const std::int64_t* const micros = instants.raw_values();
  return fixed<std::uint64_t>(values, [micros](std::int64_t row) {
    return static_cast<std::uint64_t>(micros[row]) - static_cast<std::uint64_t>(kEpochMicros);
  });
}

ColumnResult text_for(const std::shared_ptr<arrow::Array>& values, Type from) {
  switch (from.kind) {
    case TypeKind::String:
    case TypeKind::Xml:
    case TypeKind::Json: return text_copy_column(values);
    default: break;
  }
  const auto texts = TRY(text_column(*values, from));
  return text_copy_column(texts);
}

}  // namespace

ColumnResult copy_column(const std::shared_ptr<arrow::Array>& values, Type from,
                         const PostgresColumn& to) {
  const Type wanted = to.type.type;
  if (from.kind == TypeKind::Unknown) {
    return null_copy_column();
  }
  CHECK(fits(from, wanted));
  switch (wanted.kind) {
    case TypeKind::Boolean: {
      const auto* const booleans = &checked_cast<const arrow::BooleanArray&>(*values);
      return fixed<std::uint8_t>(
          values, [booleans](std::int64_t row) { return booleans->Value(row) ? 1U : 0U; });
    }
    case TypeKind::Short: return number_column<std::uint16_t, std::int16_t>(values, from.kind);
    case TypeKind::Int: return number_column<std::uint32_t, std::int32_t>(values, from.kind);
    case TypeKind::Long: return number_column<std::uint64_t, std::int64_t>(values, from.kind);
    case TypeKind::Float: return number_column<std::uint32_t, float>(values, from.kind);
    case TypeKind::Double: return number_column<std::uint64_t, double>(values, from.kind);
    case TypeKind::Decimal: return decimal_column(values, from, wanted);
    case TypeKind::NaiveDate: return date_column(values, to);
    case TypeKind::NaiveTime: {
      const std::int64_t* const micros =
          checked_cast<const arrow::Time64Array&>(*values).raw_values();
      return fixed<std::uint64_t>(
          values, [micros](std::int64_t row) { return static_cast<std::uint64_t>(micros[row]); });
    }
    case TypeKind::NaiveDatetime:
    case TypeKind::UtcDatetime:
      return from.kind == TypeKind::NaiveDate ? date_column(values, to)
                                              : timestamp_column(values, to);
    case TypeKind::Binary: return bytes_copy_column(values);
    case TypeKind::Json:
      return to.type.exact_json ? text_copy_column(values) : jsonb_copy_column(values);
    case TypeKind::Xml:
    case TypeKind::String:
    case TypeKind::Unknown: return text_for(values, from);
  }
  return Error{ErrorCode::Internal, "column has a type that is unknown: " + to.source};
}

std::unique_ptr<CopyColumn> null_copy_column() {
  std::string encoded(4, '\0');
  put_wire(encoded.data(), kNullLength);
  return std::make_unique<ConstantCopyColumn>(std::move(encoded));
}

std::unique_ptr<CopyColumn> instant_copy_column(Instant instant) {
  return constant(static_cast<std::uint64_t>(micros_of(instant) - kEpochMicros));
}

std::unique_ptr<CopyColumn> short_copy_column(std::int16_t value) {
  return constant(static_cast<std::uint16_t>(value));
}

std::unique_ptr<CopyColumn> counting_copy_column(std::int64_t first) {
  return std::make_unique<CountingCopyColumn>(first);
}

}  // namespace tendril

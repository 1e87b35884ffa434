#include "data/batch_checksum.h"

#include <algorithm>
#include <array>
#include <vector>

#include <arrow/array.h>
#include <arrow/array/data.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <xxhash.h>

#include "core/check.h"

namespace tendril {
namespace {

constexpr int kBitsPerByte = 8;
constexpr std::int64_t kChunkValues = 4096;

// The hash of one column, fed piece by piece: each piece's is seeded with that of those before.
class ColumnHash {
 public:
  void add(const void* bytes, std::int64_t count) {
    value_ = XXH3_64bits_withSeed(bytes, static_cast<std::size_t>(count), value_);
  }

  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0;
};

bool bit_at(const std::uint8_t* bits, std::int64_t position) {
  return ((bits[position / kBitsPerByte] >> (position % kBitsPerByte)) & 1U) != 0;
}

// Bits from any position on, as they would lie from position 0; those behind the last are 0.
void add_bits(ColumnHash& hash, const std::uint8_t* bits, std::int64_t offset, std::int64_t count) {
  const std::int64_t whole = offset % kBitsPerByte == 0 ? count / kBitsPerByte : 0;
  if (whole > 0) {
    hash.add(bits + offset / kBitsPerByte, whole);
  }
  std::array<std::uint8_t, kChunkValues / kBitsPerByte> chunk{};
  for (std::int64_t done = whole * kBitsPerByte; done < count;) {
    const std::int64_t end = std::min(count, done + kChunkValues);
    chunk.fill(0);
    for (std::int64_t at = done; at < end; ++at) {
      const auto bit = static_cast<std::uint8_t>(bit_at(bits, offset + at) ? 1U : 0U);
      auto& byte = chunk[static_cast<std::size_t>((at - done) / kBitsPerByte)];
      byte = static_cast<std::uint8_t>(byte | (bit << ((at - done) % kBitsPerByte)));
    }
    hash.add(chunk.data(), (end - done + kBitsPerByte - 1) / kBitsPerByte);
    done = end;
  }
}

// Lengths rather than offsets, which depend on how the column was cut; then the bytes as they lie.
void add_texts(ColumnHash& hash, const arrow::ArrayData& data) {
  const auto* offsets = data.GetValues<std::int32_t>(1);
  std::array<std::int32_t, kChunkValues> lengths{};
  for (std::int64_t done = 0; done < data.length;) {
    const std::int64_t count = std::min(data.length - done, kChunkValues);
    for (std::int64_t i = 0; i < count; ++i) {
      lengths[static_cast<std::size_t>(i)] = offsets[done + i + 1] - offsets[done + i];
    }
    hash.add(lengths.data(), count * static_cast<std::int64_t>(sizeof(std::int32_t)));
    done += count;
  }
  if (data.length > 0 && offsets[data.length] > offsets[0]) {
    hash.add(data.buffers[2]->data() + offsets[0], offsets[data.length] - offsets[0]);
  }
}

std::uint64_t hash_of(const arrow::Array& column) {
  const arrow::ArrayData& data = *column.data();
  ColumnHash hash;
  if (column.null_count() > 0) {
    add_bits(hash, data.buffers[0]->data(), data.offset, data.length);
  }
  const arrow::Type::type kind = data.type->id();
  if (data.length == 0) {
    return hash.value();
  }
  if (kind == arrow::Type::STRING || kind == arrow::Type::BINARY) {
    add_texts(hash, data);
  } else if (kind == arrow::Type::BOOL) {
    add_bits(hash, data.buffers[1]->data(), data.offset, data.length);
  } else {
    CHECK(data.buffers.size() == 2);  // All types of arrow_type() that are left have one width.
    const std::int64_t width = data.type->byte_width();
    hash.add(data.buffers[1]->data() + data.offset * width, data.length * width);
  }
  return hash.value();
}

}  // namespace

std::uint64_t checksum(const Batch& batch) {
  if (batch.row_count() == 0) {
    return 0;
  }
  std::vector<std::uint64_t> parts;
  parts.reserve(2 + 2 * batch.schema->columns.size());
  parts.push_back(static_cast<std::uint64_t>(batch.operation));
  parts.push_back(static_cast<std::uint64_t>(batch.row_count()));
  for (int i = 0; i < batch.rows->num_columns(); ++i) {
    const std::string& name = batch.schema->columns[static_cast<std::size_t>(i)].name;
    parts.push_back(XXH3_64bits(name.data(), name.size()));
    parts.push_back(hash_of(*batch.rows->column(i)));
  }
  return XXH3_64bits(parts.data(), parts.size() * sizeof(std::uint64_t));
}

}  // namespace tendril

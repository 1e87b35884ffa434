#include "destinations/postgres/text_copy_column.h"

#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/builder_binary.h>
#include <arrow/util/checked_cast.h>

#include "destinations/postgres/wire.h"

namespace tendril {
namespace {

using arrow::internal::checked_cast;

constexpr std::uint32_t kNullLength = 0xFFFFFFFF;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// The version that jsonb_recv() wants before the text.
constexpr char kJsonbVersion = 1;

class TextCopyColumn final : public CopyColumn {
 public:
  TextCopyColumn(std::shared_ptr<arrow::Array> values, bool is_jsonb)
      : values_(std::move(values)),
        valid_(*values_),
        offsets_(checked_cast<const arrow::BinaryArray&>(*values_).raw_value_offsets()),
        data_(reinterpret_cast<const char*>(
            checked_cast<const arrow::BinaryArray&>(*values_).raw_data())),
        prefix_(is_jsonb ? 1U : 0U) {}

  void measure(const CopyBlock& block, std::uint64_t* sizes) override {
    const std::int32_t* const offsets = offsets_ + block.first;
    if (valid_.always()) {
      for (std::int64_t row = 0; row < block.rows; ++row) {
        sizes[row] += 4 + prefix_ + static_cast<std::uint64_t>(offsets[row + 1] - offsets[row]);
      }
      return;
    }
    for (std::int64_t row = 0; row < block.rows; ++row) {
      sizes[row] += valid_(block.first + row)
                        ? 4 + prefix_ + static_cast<std::uint64_t>(offsets[row + 1] - offsets[row])
                        : 4;
    }
  }

  void write(const CopyBlock& block, char** places) override {
    const std::int32_t* const offsets = offsets_ + block.first;
    for (std::int64_t row = 0; row < block.rows; ++row) {
      char* place = places[row];
      if (!valid_(block.first + row)) {
        places[row] = put_wire(place, kNullLength);
        continue;
      }
      const auto size = static_cast<std::uint32_t>(offsets[row + 1] - offsets[row]);
      place = put_wire(place, size + prefix_);
      if (prefix_ != 0) {
        *place++ = kJsonbVersion;
      }
      std::memcpy(place, data_ + offsets[row], size);
      places[row] = place + size;
    }
  }

 private:
  const std::shared_ptr<arrow::Array> values_;  // Shared with the batch.
  const CopyValidity valid_;
  const std::int32_t* const offsets_;
  const char* const data_;
  const std::uint32_t prefix_;
};

bool has_nul(const arrow::BinaryArray& values) {
  const std::int32_t begin = values.value_offset(0);
  const std::int32_t end = values.value_offset(values.length());
  return end > begin && std::memchr(values.raw_data() + begin, '\0',
                                    static_cast<std::size_t>(end - begin)) != nullptr;
}

Result<std::shared_ptr<arrow::Array>> without_nul(const arrow::BinaryArray& values) {
  arrow::StringBuilder builder;
  arrow::Status status = builder.Reserve(values.length());
  std::string text;
  for (std::int64_t row = 0; row < values.length() && status.ok(); ++row) {
    if (values.IsNull(row)) {
      status = builder.AppendNull();
      continue;
    }
    text.clear();
    for (const char c : values.GetView(row)) {
      if (c == '\0') {
        text += kReplacement;
      } else {
        text += c;
      }
    }
    status = builder.Append(text);
  }
  std::shared_ptr<arrow::Array> replaced;
  if (status.ok()) {
    status = builder.Finish(&replaced);
  }
  if (!status.ok()) {
    return Error{ErrorCode::System, "texts can not be stored: " + status.message()};
  }
  return replaced;
}

Result<std::unique_ptr<CopyColumn>> column(std::shared_ptr<arrow::Array> values, bool is_jsonb) {
  const auto& texts = checked_cast<const arrow::BinaryArray&>(*values);
  if (values->length() > 0 && has_nul(texts)) {
    values = TRY(without_nul(texts));
  }
  return std::make_unique<TextCopyColumn>(std::move(values), is_jsonb);
}

}  // namespace

Result<std::unique_ptr<CopyColumn>> text_copy_column(std::shared_ptr<arrow::Array> values) {
  return column(std::move(values), false);
}

Result<std::unique_ptr<CopyColumn>> jsonb_copy_column(std::shared_ptr<arrow::Array> values) {
  return column(std::move(values), true);
}

Result<std::unique_ptr<CopyColumn>> bytes_copy_column(std::shared_ptr<arrow::Array> values) {
  return std::make_unique<TextCopyColumn>(std::move(values), false);
}

}  // namespace tendril

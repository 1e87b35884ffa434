#include "data/decimal_text.h"

#include <arrow/array.h>
#include <arrow/array/builder_decimal.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>

#include <gtest/gtest.h>

#include "data/column_builder.h"
#include "data/column_json.h"
#include "data/text_column.h"

namespace tendril {
namespace {

std::string text_of(std::int64_t digits, int scale) {
  const auto bytes = arrow::Decimal128(digits).ToBytes();
  return decimal_text(bytes.data(), scale);
}

TEST(DecimalText, HasAllDigitsAndNoExponent) {
  EXPECT_EQ(text_of(1'234, 2), "12.34");
  EXPECT_EQ(text_of(-1'234, 0), "-1234");
  EXPECT_EQ(text_of(0, 0), "0");
  EXPECT_EQ(text_of(0, 3), "0.000");
  EXPECT_EQ(text_of(-5, 3), "-0.005");
  EXPECT_EQ(text_of(1, 7), "0.0000001");
  EXPECT_EQ(text_of(1, 38), "0.00000000000000000000000000000000000001");
}

// A small decimal once was "1E-7" in columns of text and in JSON.
TEST(DecimalText, IsWhatColumnsOfTextAndJsonGet) {
  const Type type = decimal_type(10, 8);
  arrow::Decimal128Builder builder(arrow::decimal128(10, 8));
  ASSERT_TRUE(builder.Append(arrow::Decimal128(-10)).ok());
  std::shared_ptr<arrow::Array> small;
  ASSERT_TRUE(builder.Finish(&small).ok());

  const auto texts = text_column(*small, type);
  ASSERT_TRUE(texts.ok());
  EXPECT_EQ(static_cast<const arrow::StringArray&>(**texts).GetView(0), "-0.00000010");
  std::string json;
  append_cell_json(json, *small, type, 0);
  EXPECT_EQ(json, "-0.00000010");

  ColumnBuilder column{type};
  column.append_string("0.00000010");
  column.append_string("none");
  const auto widened = column.take();
  ASSERT_TRUE(widened.ok());
  EXPECT_EQ(static_cast<const arrow::StringArray&>(**widened).GetView(0), "0.00000010");
}

}  // namespace
}  // namespace tendril

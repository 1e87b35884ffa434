#include "data/fitting.h"

#include <arrow/array.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/column_builder.h"
#include "data/column_json.h"

namespace tendril {
namespace {

using testing::ElementsAre;

std::shared_ptr<arrow::Array> column_of(Type type, const List& values) {
  ColumnBuilder builder(type);
  for (const Value& value : values) {
    builder.append(value);
  }
  EXPECT_EQ(builder.type(), type);
  return std::move(builder.take()).value();
}

// The values as JSON; "-" where one does not fit, "null" where there was none.
std::vector<std::string> fit(Type from, const List& values, Type to) {
  const auto column = column_of(from, values);
  const auto fitted = fit_column(*column, from, to);
  EXPECT_TRUE(fitted.ok());
  std::vector<std::string> texts;
  for (std::int64_t row = 0; row < column->length(); ++row) {
    const bool misfit = !fitted->misfits.empty() && fitted->misfits[static_cast<std::size_t>(row)];
    std::string text;
    if (fitted->values->IsNull(row)) {
      text = misfit ? "-" : "null";
    } else {
      append_cell_json(text, *fitted->values, to, row);
    }
    texts.push_back(text);
  }
  return texts;
}

TEST(Fitting, TakesTextsThatAreWrittenAsNumbersAre) {
  const List texts{"12", "012", "+1", "1.0", "abc", nullptr, "-7", "99999999999999999999", ""};

  EXPECT_THAT(fit({TypeKind::String}, texts, {TypeKind::Long}),
              ElementsAre("12", "-", "-", "-", "-", "null", "-7", "-", "-"));
  EXPECT_THAT(fit({TypeKind::String}, {"1.5", "3", "1e5", "NaN", "0.10"}, {TypeKind::Double}),
              ElementsAre("1.5", "3.0", "-", "-", "-"));
  EXPECT_THAT(fit({TypeKind::String}, {"true", "True", "1"}, {TypeKind::Boolean}),
              ElementsAre("true", "-", "-"));
  EXPECT_THAT(fit({TypeKind::String}, {"1.25", "1.234", "12345.6"}, decimal_type(5, 2)),
              ElementsAre("1.25", "-", "-"));
}

TEST(Fitting, TakesTextsThatAreDates) {
  EXPECT_THAT(fit({TypeKind::String}, {"2024-05-01", "soon"}, {TypeKind::NaiveDate}),
              ElementsAre("\"2024-05-01\"", "-"));
  EXPECT_THAT(fit({TypeKind::String}, {"2024-05-01T01:02:03Z", "x"}, {TypeKind::UtcDatetime}),
              ElementsAre("\"2024-05-01T01:02:03Z\"", "-"));
}

TEST(Fitting, TakesNumbersThatLoseNothing) {
  EXPECT_THAT(fit({TypeKind::Long}, {1, 40'000, nullptr}, {TypeKind::Short}),
              ElementsAre("1", "-", "null"));
  EXPECT_THAT(fit({TypeKind::Double}, {2.0, 2.5, 1e300}, {TypeKind::Long}),
              ElementsAre("2", "-", "-"));
  EXPECT_THAT(fit({TypeKind::Double}, {0.5, 0.1}, {TypeKind::Float}), ElementsAre("0.5", "-"));
  EXPECT_THAT(fit({TypeKind::Boolean}, {true}, {TypeKind::Long}), ElementsAre("-"));
  EXPECT_THAT(fit({TypeKind::Long}, {5, 1234}, decimal_type(4, 1)), ElementsAre("5.0", "-"));
}

TEST(Fitting, PutsEverythingThatHasAFormInJson) {
  EXPECT_THAT(fit({TypeKind::String}, {"[1]", "plain", "5"}, {TypeKind::Json}),
              ElementsAre("[1]", "\"plain\"", "5"));
  EXPECT_THAT(fit({TypeKind::Long}, {5}, {TypeKind::Json}), ElementsAre("5"));
}

TEST(Fitting, TellsTheTypeOfATextByHowItIsWritten) {
  const auto column =
      column_of({TypeKind::String}, {"true", "5", "5.5", "{\"a\":1}", "abc", "{", "05"});
  std::vector<std::string> types;
  for (std::int64_t row = 0; row < column->length(); ++row) {
    types.push_back(to_string(own_type(*column, {TypeKind::String}, row)));
  }

  EXPECT_THAT(types,
              ElementsAre("BOOLEAN", "LONG", "DOUBLE", "JSON", "STRING", "STRING", "STRING"));
}

TEST(Fitting, TakesChosenValuesAsTheirOwnType) {
  const auto column = column_of({TypeKind::String}, {"true", "x", "false"});

  const auto chosen =
      chosen_values(*column, {TypeKind::String}, {TypeKind::Boolean}, {true, false, true});

  ASSERT_TRUE(chosen.ok());
  const auto& flags = static_cast<const arrow::BooleanArray&>(**chosen);
  EXPECT_TRUE(flags.Value(0));
  EXPECT_TRUE(flags.IsNull(1));
  EXPECT_FALSE(flags.Value(2));
}

}  // namespace
}  // namespace tendril

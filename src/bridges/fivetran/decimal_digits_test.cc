#include "bridges/fivetran/decimal_digits.h"

#include <gmock/gmock.h>

namespace tendril {
namespace {

using Outcome = DecimalText::Outcome;

const Type kMoney = decimal_type(10, 2);

TEST(DecimalText, BringsNumbersToTheScale) {
  EXPECT_EQ(decimal_text("12.5", kMoney).text, "12.50");
  EXPECT_EQ(decimal_text("7", kMoney).text, "7.00");
  EXPECT_EQ(decimal_text("-0.01", kMoney).text, "-0.01");
  EXPECT_EQ(decimal_text("1e3", kMoney).text, "1000.00");
  EXPECT_EQ(decimal_text("125E-1", kMoney).text, "12.50");
  EXPECT_EQ(decimal_text(" 3.1 ", kMoney).text, "3.10");
}

TEST(DecimalText, RoundsHalvesAwayFromZero) {
  EXPECT_EQ(decimal_text("1.005", kMoney).text, "1.01");
  EXPECT_EQ(decimal_text("-1.005", kMoney).text, "-1.01");
  EXPECT_EQ(decimal_text("0.004", kMoney).text, "0.00");
  EXPECT_EQ(decimal_text("9.999", kMoney).text, "10.00");
  EXPECT_EQ(decimal_text("0.0001", kMoney).text, "0.00");
}

TEST(DecimalText, KnowsWhatIsTooLong) {
  EXPECT_EQ(decimal_text("99999999.99", kMoney).outcome, Outcome::Fits);
  EXPECT_EQ(decimal_text("100000000", kMoney).outcome, Outcome::TooManyDigits);
  EXPECT_EQ(decimal_text("99999999.999", kMoney).outcome, Outcome::TooManyDigits);
  EXPECT_EQ(decimal_text("NaN", kMoney).outcome, Outcome::TooManyDigits);
}

TEST(DecimalText, KnowsWhatIsNoNumber) {
  for (const auto* text : {"", "x", "1.2.3", "--1", "1e", "1e99999", "."}) {
    EXPECT_EQ(decimal_text(text, kMoney).outcome, Outcome::NoNumber) << text;
  }
}

TEST(DecimalText, HoldsThirtyEightDigits) {
  const std::string nines(38, '9');

  EXPECT_EQ(decimal_text(nines, decimal_type(38, 0)).text, nines);
}

}  // namespace
}  // namespace tendril

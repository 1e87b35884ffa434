#include "bridges/fivetran/decimal_digits.h"

#include <gmock/gmock.h>

namespace tendril {
namespace {

using Outcome = FittedDecimal::Outcome;

const Type kMoney = decimal_type(10, 2);

TEST(FittedDecimal, BringsNumbersToTheScale) {
  EXPECT_EQ(fit_decimal("12.5", kMoney).text, "12.50");
  EXPECT_EQ(fit_decimal("7", kMoney).text, "7.00");
  EXPECT_EQ(fit_decimal("-0.01", kMoney).text, "-0.01");
  EXPECT_EQ(fit_decimal("1e3", kMoney).text, "1000.00");
  EXPECT_EQ(fit_decimal("125E-1", kMoney).text, "12.50");
  EXPECT_EQ(fit_decimal(" 3.1 ", kMoney).text, "3.10");
}

TEST(FittedDecimal, RoundsHalvesAwayFromZero) {
  EXPECT_EQ(fit_decimal("1.005", kMoney).text, "1.01");
  EXPECT_EQ(fit_decimal("-1.005", kMoney).text, "-1.01");
  EXPECT_EQ(fit_decimal("0.004", kMoney).text, "0.00");
  EXPECT_EQ(fit_decimal("9.999", kMoney).text, "10.00");
  EXPECT_EQ(fit_decimal("0.0001", kMoney).text, "0.00");
}

TEST(FittedDecimal, KnowsWhatIsTooLong) {
  EXPECT_EQ(fit_decimal("99999999.99", kMoney).outcome, Outcome::Fits);
  EXPECT_EQ(fit_decimal("100000000", kMoney).outcome, Outcome::TooManyDigits);
  EXPECT_EQ(fit_decimal("99999999.999", kMoney).outcome, Outcome::TooManyDigits);
  EXPECT_EQ(fit_decimal("NaN", kMoney).outcome, Outcome::TooManyDigits);
}

TEST(FittedDecimal, KnowsWhatIsNoNumber) {
  for (const auto* text : {"", "x", "1.2.3", "--1", "1e", "1e99999", "."}) {
    EXPECT_EQ(fit_decimal(text, kMoney).outcome, Outcome::NoNumber) << text;
  }
}

TEST(FittedDecimal, HoldsThirtyEightDigits) {
  const std::string nines(38, '9');

  EXPECT_EQ(fit_decimal(nines, decimal_type(38, 0)).text, nines);
}

}  // namespace
}  // namespace tendril

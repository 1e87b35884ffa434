#include "destinations/duckdb/sql.h"

#include <vector>

#include <gtest/gtest.h>

namespace tendril {

TEST(Sql, QuotesNamesAndTexts) {
  EXPECT_EQ(sql_name("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(sql_text("a'b"), "'a''b'");
  EXPECT_EQ(sql_names({"a", "b c"}, "s."), "s.\"a\", s.\"b c\"");
  EXPECT_EQ((TableName{"c", "s", "t\""}.sql()), "\"c\".\"s\".\"t\"\"\"");
}

TEST(Sql, ReadsTheTypesThatItWrites) {
  const std::vector<Type> types{
      {TypeKind::Boolean},   {TypeKind::Short},         {TypeKind::Int},
      {TypeKind::Long},      {TypeKind::Float},         {TypeKind::Double},
      decimal_type(1, 0),    decimal_type(38, 38),      {TypeKind::NaiveDate},
      {TypeKind::NaiveTime}, {TypeKind::NaiveDatetime}, {TypeKind::UtcDatetime},
      {TypeKind::Binary},    {TypeKind::String},        {TypeKind::Json}};
  for (const Type type : types) {
    EXPECT_EQ(parse_sql_type(sql_type(type)), type) << sql_type(type);
  }
  EXPECT_EQ(sql_type({TypeKind::Xml}), "VARCHAR");
  EXPECT_EQ(sql_type({TypeKind::Unknown}), "VARCHAR");
}

TEST(Sql, KnowsNoTypesButItsOwn) {
  for (const char* type :
       {"HUGEINT", "UTINYINT", "TIMESTAMP_NS", "VARCHAR[]", "STRUCT(a INTEGER)", "DECIMAL",
        "DECIMAL(", "DECIMAL(1", "DECIMAL(x,y)", "DECIMAL(4,2)[]", ""}) {
    EXPECT_EQ(parse_sql_type(type), std::nullopt) << type;
  }
}

TEST(Sql, LeavesValuesAloneWhoseTypeIsTheSameInTheFile) {
  EXPECT_EQ(sql_conversion("x", {TypeKind::Xml}, {TypeKind::String}), "x");
  EXPECT_EQ(sql_conversion("x", {TypeKind::Long}, {TypeKind::Double}), "CAST(x AS DOUBLE)");
}

TEST(Sql, SpellsValuesItselfWhereDuckdbHasAnotherSpelling) {
  EXPECT_TRUE(casts_plainly({TypeKind::Long}, {TypeKind::String}));
  EXPECT_TRUE(casts_plainly(decimal_type(4, 2), {TypeKind::String}));
  EXPECT_TRUE(casts_plainly({TypeKind::Float}, {TypeKind::Double}));
  EXPECT_FALSE(casts_plainly(decimal_type(2, 2), {TypeKind::String}));
  EXPECT_FALSE(casts_plainly({TypeKind::Double}, {TypeKind::String}));
  EXPECT_FALSE(casts_plainly({TypeKind::Binary}, {TypeKind::String}));
  EXPECT_FALSE(casts_plainly({TypeKind::UtcDatetime}, {TypeKind::String}));
}

}  // namespace tendril

#include "data/schema.h"

#include <gtest/gtest.h>

#include "data/types.h"

namespace tendril {
namespace {

constexpr TypeKind kKinds[] = {
    TypeKind::Unknown,   TypeKind::Boolean,   TypeKind::Short,         TypeKind::Int,
    TypeKind::Long,      TypeKind::Float,     TypeKind::Double,        TypeKind::Decimal,
    TypeKind::NaiveDate, TypeKind::NaiveTime, TypeKind::NaiveDatetime, TypeKind::UtcDatetime,
    TypeKind::Binary,    TypeKind::Xml,       TypeKind::String,        TypeKind::Json};

Type type_of(TypeKind kind) { return kind == TypeKind::Decimal ? decimal_type(20, 4) : Type{kind}; }

TEST(Types, WideningIsALattice) {
  for (const TypeKind a : kKinds) {
    EXPECT_EQ(widen(type_of(a), type_of(a)), type_of(a));
    EXPECT_EQ(widen(type_of(a), Type{TypeKind::String}), Type{TypeKind::String});
    for (const TypeKind b : kKinds) {
      const Type joined = widen(type_of(a), type_of(b));
      EXPECT_EQ(joined, widen(type_of(b), type_of(a)));
      EXPECT_TRUE(fits(type_of(a), joined) && fits(type_of(b), joined));
      for (const TypeKind c : kKinds) {
        EXPECT_EQ(widen(joined, type_of(c)), widen(type_of(a), widen(type_of(b), type_of(c))))
            << to_string(type_of(a)) << " " << to_string(type_of(b)) << " "
            << to_string(type_of(c));
      }
    }
  }
}

TEST(Types, NamesRoundTrip) {
  for (const TypeKind kind : kKinds) {
    const Result<Type> parsed = parse_type(to_string(type_of(kind)));
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(*parsed, type_of(kind));
  }
  EXPECT_EQ(*parse_type("decimal(10,2)"), decimal_type(10, 2));
  for (const char* wrong : {"DECIMAL", "DECIMAL(0,0)", "DECIMAL(39,1)", "DECIMAL(5,6)",
                            "DECIMAL(5,2", "LONG(3)", "TEXT", "", "DECIMAL(5,2)x", "DECIMAL(,)"}) {
    EXPECT_FALSE(parse_type(wrong).ok()) << wrong;
  }
}

TEST(Schema, ChangesAddAndWidenButNeverNarrow) {
  TableSchema present{
      "t", {{"id", {TypeKind::Long}}, {"old", {TypeKind::String}}, {"n", {TypeKind::Int}}}};
  const TableSchema wanted{
      "t", {{"id", {TypeKind::Int}}, {"n", {TypeKind::Double}}, {"new", {TypeKind::Json}}}};

  const SchemaChange change = schema_change(present, wanted);
  EXPECT_EQ(change.added, (std::vector<Column>{{"new", {TypeKind::Json}}}));
  EXPECT_EQ(change.widened, (std::vector<Column>{{"n", {TypeKind::Double}}}));

  evolve(present, wanted);
  EXPECT_TRUE(schema_change(present, wanted).empty());
  EXPECT_EQ(present.columns.size(), 4U);
}

}  // namespace
}  // namespace tendril

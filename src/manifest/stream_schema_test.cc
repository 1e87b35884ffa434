#include "manifest/stream_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"

namespace tendril {
namespace {

Type type_of(const char* property) { return column_type(parse_json(property).value()); }

TEST(ColumnType, ReadsTypesOfJsonSchema) {
  EXPECT_EQ(type_of(R"({"type":"string"})").kind, TypeKind::String);
  EXPECT_EQ(type_of(R"({"type":"integer"})").kind, TypeKind::Long);
  EXPECT_EQ(type_of(R"({"type":"number"})").kind, TypeKind::Double);
  EXPECT_EQ(type_of(R"({"type":"boolean"})").kind, TypeKind::Boolean);
  EXPECT_EQ(type_of(R"({"type":"object"})").kind, TypeKind::Json);
  EXPECT_EQ(type_of(R"({"type":["null","array"]})").kind, TypeKind::Json);
}

TEST(ColumnType, ReadsFormatsOfTexts) {
  EXPECT_EQ(type_of(R"({"type":"string","format":"date"})").kind, TypeKind::NaiveDate);
  EXPECT_EQ(type_of(R"({"type":["string","null"],"format":"date-time"})").kind,
            TypeKind::UtcDatetime);
  EXPECT_EQ(type_of(R"({"type":"string","format":"date-time",
                        "airbyte_type":"timestamp_without_timezone"})")
                .kind,
            TypeKind::NaiveDatetime);
}

TEST(ColumnType, WidensAlternatives) {
  EXPECT_EQ(type_of(R"({"type":["integer","number"]})").kind, TypeKind::Double);
  EXPECT_EQ(type_of(R"({"type":["integer","string"]})").kind, TypeKind::String);
  EXPECT_EQ(type_of(R"({"anyOf":[{"type":"integer"},{"type":"null"}]})").kind, TypeKind::Long);
  EXPECT_EQ(type_of(R"({"oneOf":[{"type":"object"},{"type":"string"}]})").kind, TypeKind::String);
}

TEST(ColumnType, IsUnknownWhereTheSchemaSaysNothing) {
  EXPECT_EQ(type_of("{}").kind, TypeKind::Unknown);
  EXPECT_EQ(type_of(R"({"type":"null"})").kind, TypeKind::Unknown);
  EXPECT_EQ(type_of(R"({"type":[]})").kind, TypeKind::Unknown);
  EXPECT_EQ(type_of("true").kind, TypeKind::Unknown);
}

}  // namespace
}  // namespace tendril

#include "data/json.h"

#include <string>

#include <gtest/gtest.h>

namespace tendril {
namespace {

TEST(Json, RoundTripsEveryKind) {
  for (const std::string text :
       {R"({"a":[1,-2,3.5,true,false,null,"x\ny"],"b":{},"c":[]})", "7", R"("text")", "null", "[]",
        "18446744073709551616", "9223372036854775807", "1e+300", "-0.5"}) {
    const Result<Value> value = parse_json(text);
    ASSERT_TRUE(value.ok()) << text << ": " << value.error().message;
    EXPECT_EQ(to_json(*value), text);
  }
}

TEST(Json, KeepsIntegersBeyond64BitsExactly) {
  const Result<Value> value = parse_json(R"({"id": 123456789012345678901234567890 })");
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(value->find("id")->as_big_number()->text, "123456789012345678901234567890");
}

TEST(Json, ReadsFractionsOfMoreDigitsThan64BitsHold) {
  EXPECT_EQ(to_json(*parse_json("[12345.123456789012345,12345678901234567890123.12345]")),
            "[12345.123456789011,1.2345678901234568e+22]");
  EXPECT_EQ(to_json(*parse_json("-0.1234567890123456789012e3")), "-123.45678901234568");
}

TEST(Json, TheLastOfEqualNamesWins) {
  EXPECT_EQ(to_json(*parse_json(R"({"a":1,"b":2,"a":3})")), R"({"a":3,"b":2})");
}

TEST(Json, TheLastOfEqualNamesWinsAmongMany) {
  std::string json = "{";
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 200; ++i) {
      json += '"' + std::to_string(i) + "\":" + std::to_string(i + round) + ',';
    }
  }
  json.back() = '}';
  const Value value = parse_json(json).value();
  ASSERT_EQ(value.as_map()->size(), 200U);
  for (int i = 0; i < 200; ++i) {
    const Map::Member& member = value.as_map()->members()[static_cast<std::size_t>(i)];
    EXPECT_EQ(member.first, std::to_string(i));
    EXPECT_EQ(member.second, Value(i + 1));
  }
}

TEST(Json, NamesAreReadWithAndWithoutEscapes) {
  const Value value = parse_json(R"({"":1,"a\"b":2,"\u0061":3,"a":4})").value();
  EXPECT_EQ(to_json(value), R"({"":1,"a\"b":2,"a":4})");
}

TEST(Json, FaultsAreNamed) {
  for (const std::string text : {"", "{", "[1,", R"({"a":tru})", "1 2", "nul", "[1] x",
                                 "18446744073709551616 7", "{\"a\" 1}"}) {
    const Result<Value> value = parse_json(text);
    ASSERT_FALSE(value.ok()) << text;
    EXPECT_EQ(value.error().code, ErrorCode::BadData);
    EXPECT_EQ(value.error().message.find("text is not JSON"), 0U) << value.error().message;
  }
}

TEST(Json, DeepNestingIsRefusedNotCrashedOn) {
  EXPECT_FALSE(parse_json(std::string(100'000, '[')).ok());
  EXPECT_FALSE(parse_json(std::string(500, '[') + std::string(500, ']')).ok());
  EXPECT_TRUE(parse_json(std::string(100, '[') + std::string(100, ']')).ok());
}

TEST(Json, PointersLeadThroughObjectsAndLists) {
  const Value root = *parse_json(R"({"a/b":[{"~":5}]})");

  EXPECT_EQ(*find_pointer(root, "/a~1b/0/~0"), Value(5));
  EXPECT_EQ(find_pointer(root, "/a~1b/1"), nullptr);
  EXPECT_EQ(find_pointer(root, "/nothing/0"), nullptr);
  EXPECT_EQ(find_pointer(root, ""), &root);
}

}  // namespace
}  // namespace tendril

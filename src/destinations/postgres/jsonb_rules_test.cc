#include "destinations/postgres/jsonb_rules.h"

#include <string>

#include <arrow/array/builder_binary.h>

#include <gmock/gmock.h>

namespace tendril {
namespace {

std::shared_ptr<arrow::Array> texts(const std::vector<std::string>& values) {
  arrow::StringBuilder builder;
  EXPECT_TRUE(builder.AppendValues(values).ok());
  EXPECT_TRUE(builder.AppendNull().ok());
  return builder.Finish().ValueOrDie();
}

TEST(JsonbRules, HoldOrdinaryTexts) {
  for (const char* const text :
       {R"({"a":[1,-2.5e10,null,true]})", R"("ü\u00fc\ud83e\udd86")", R"("\\u0000")",
        R"("1e99999")", R"("\"1e99999\\")", "1e1000", "0.0001", "[]"}) {
    EXPECT_TRUE(jsonb_holds(text)) << text;
  }
}

TEST(JsonbRules, RefuseWhatJsonbCanNotHold) {
  for (const std::string& text :
       {std::string(R"({"a":"x\u0000"})"), std::string(R"("\\\u0000")"), std::string(R"("\ud83e")"),
        std::string(R"("\ud83ex")"), std::string(R"("\udd86")"), std::string("1e131073"),
        std::string("[1E+99999999999999999999999]"), std::string("1e-16384"),
        std::string(200'000, '9'), "0." + std::string(16'384, '1')}) {
    EXPECT_FALSE(jsonb_holds(text)) << text.substr(0, 40);
  }
}

TEST(JsonbRules, LookAtAllRows) {
  EXPECT_TRUE(jsonb_holds_all(*texts({})));
  EXPECT_TRUE(jsonb_holds_all(*texts({"1", R"("\u00fc")", R"("1e9999")"})));
  EXPECT_FALSE(jsonb_holds_all(*texts({"1", R"("\u0000")"})));
  EXPECT_FALSE(jsonb_holds_all(*texts({"1", "2", "3e999999"})));
  EXPECT_FALSE(jsonb_holds_all(*texts({"1", std::string(200'000, '9')})));
  EXPECT_TRUE(jsonb_holds_all(*texts({R"("\u0000")", "1"})->Slice(1)));
}

}  // namespace
}  // namespace tendril

#include <string>

#include <tendril/sdk/configuration.h>
#include <tendril/sdk/json_text.h>

#include <gmock/gmock.h>

namespace tendril::sdk {
namespace {

TEST(KitJson, ReadsWhatItWrites) {
  for (const std::string text :
       {"null", "true", "-7", "1.5", "1e+300", R"("a\"\\\n\u0001ü")", "[]", "{}",
        R"({"a": [1, {"b": null}], "c": "d"})", "9223372036854775807"}) {
    EXPECT_EQ(Json::parse(text).text(), text);
  }
  EXPECT_EQ(Json::parse(R"("\u00fc\ud83d\ude00\/")"), Json("ü😀/"));
  EXPECT_EQ(Json::parse(" [ 1 , 2 ] "), Json::array({1, 2}));
}

TEST(KitJson, RefusesWhatIsNone) {
  for (const std::string_view text :
       {"", "nul", "01", "1.", ".5", "1e", "[1,]", "{\"a\"}", "{a: 1}", "\"a", "\"\\x\"",
        "\"\\ud83d\"", "\"\\udc00\"", "\"\n\"", "1 2", "\"\xFF\"", "[", "{\"a\":1,}"}) {
    EXPECT_THROW(Json::parse(text), ConnectorError) << text;
  }
  EXPECT_THROW(Json::parse(std::string(10'000, '[')), ConnectorError);
}

TEST(KitJson, AMemberHasAValueOfItsType) {
  const Json state = Json::parse(R"({"n": 3000000000, "t": "x", "b": true, "d": 1, "nil": null})");

  EXPECT_EQ(state.value_or("n", 1), 3'000'000'000);
  EXPECT_EQ(state.value_or("missing", 1), 1);
  EXPECT_EQ(state.value_or("nil", "fallback"), "fallback");
  EXPECT_EQ(state.value_or("t", ""), "x");
  EXPECT_EQ(state.value_or("b", false), true);
  EXPECT_EQ(state.value_or("d", 0.5), 1.0);
  EXPECT_THROW(state.value_or("t", 1), ConnectorError);
  EXPECT_THROW(state.value_or("n", ""), ConnectorError);
}

TEST(KitJson, TheLaterMemberOfANameCounts) {
  Json twice = Json::parse(R"({"a": 1, "a": 2})");
  EXPECT_EQ(twice.value_or("a", 0), 2);

  twice["a"] = 3;
  twice["b"]["c"] = Json::array();

  EXPECT_EQ(twice.value_or("a", 0), 3);
  EXPECT_EQ(twice.find("b")->text(), R"({"c": []})");
}

TEST(KitConfiguration, NamesWhatIsMissing) {
  const Configuration configuration(
      Json{{"host", "here"}, {"empty", ""}, {"port", "80"}, {"on", "true"}});
  const auto fault = [&](auto call) -> std::string {
    try {
      call();
    } catch (const ConnectorError& wrong) {
      return wrong.what();
    }
    return "";
  };

  EXPECT_EQ(configuration.at("host"), "here");
  EXPECT_EQ(configuration.value_or("empty", "else"), "else");
  EXPECT_EQ(configuration.value_or("port", 1), 80);
  EXPECT_EQ(configuration.value_or("on", false), true);
  EXPECT_EQ(fault([&] { configuration.at("key"); }), "configuration has no key: set it");
  EXPECT_EQ(fault([&] { configuration.value_or("host", 1); }),
            "configuration: host must be an int");
  EXPECT_EQ(fault([&] { configuration.value_or("host", true); }),
            "configuration: host must be true or false");
}

}  // namespace
}  // namespace tendril::sdk

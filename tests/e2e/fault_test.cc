// What goes wrong outside of this program ends in one clear line, the right exit status, and leaves
// the earlier data as it was.

#include <gmock/gmock.h>

#include "child_process.h"
#include "shop.h"

namespace tendril {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// A first sync has landed good data.
class FaultTest : public Shop {
 protected:
  void SetUp() override {
    Shop::SetUp();
    serve_good_data();
    const Ended first = sync();
    ASSERT_EQ(first.status, 0) << first.messages;
    before_ = everything();
    ASSERT_THAT(before_, HasSubstr("items 3 "));
  }

  std::string before_;
};

TEST_F(FaultTest, AWrongToken) {
  imposter_.when("GET", "/items")
      .with_query("page", "1")
      .answer(401, R"({"message":"bad credentials"})");

  const Ended ended = sync();

  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.errors(),
              ElementsAre(AllOf(HasSubstr("401"), Not(HasSubstr(std::string(kToken))))));
  EXPECT_EQ(everything(), before_);
}

TEST_F(FaultTest, AWrongConfigKey) {
  write_file("config.json", R"({"url": "http://127.0.0.1:1", "tokn": "x"})");

  const Ended ended = sync();

  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.errors(),
              ElementsAre(AllOf(HasSubstr("config.json"), HasSubstr("token"), HasSubstr("tokn"))));
  EXPECT_EQ(everything(), before_);
}

TEST_F(FaultTest, AVariableThatIsNotSet) {
  write_file("config.json", "{\n  \"url\": \"${SHOP_URL}\",\n  \"token\": \"x\"\n}");

  const Ended ended = sync();

  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.errors(),
              ElementsAre(HasSubstr("config.json:2: environment variable is not set: SHOP_URL")));
}

TEST_F(FaultTest, ADeadPort) {
  imposter_.kill();

  const Ended ended = sync();

  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.errors(), ElementsAre(HasSubstr(imposter_.origin())));
  EXPECT_EQ(everything(), before_);
}

TEST_F(FaultTest, AManifestWithAnUnknownComponent) {
  write_manifest("type: PageIncrement", "type: TeleportPagination");

  const Ended ended = sync();

  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.errors(),
              ElementsAre(AllOf(HasSubstr("shop.yaml:46"), HasSubstr("TeleportPagination"))));
  EXPECT_EQ(everything(), before_);
}

TEST_F(FaultTest, AManifestThatIsNoYaml) {
  write_file("shop.yaml", "streams: [\n  a: b: c\n");

  const Ended ended = sync();

  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.errors(), ElementsAre(HasSubstr("shop.yaml:")));
}

TEST_F(FaultTest, APageOfBrokenJson) {
  imposter_.when("GET", "/items").with_query("page", "2").answer(200, R"({"data":[{"id":3,"na)");

  const Ended ended = sync({"--stream", "items"});

  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.errors(), ElementsAre(AllOf(HasSubstr("items"), HasSubstr("JSON"))));
  EXPECT_EQ(everything(), before_);
}

TEST_F(FaultTest, OneStreamOfTwo) {
  imposter_.when("GET", "/orders").answer(500, "oops");
  imposter_.when("GET", "/items")
      .with_query("page", "2")
      .answer(200, R"({"data":[{"id":9,"name":"new"}]})");

  const Ended ended = sync();

  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.errors(), ElementsAre(AllOf(HasSubstr("orders"), HasSubstr("500"))));
  EXPECT_THAT(everything(), AllOf(HasSubstr("items 9 "), HasSubstr("orders 7 ")));
}

TEST_F(FaultTest, AFullDisk) {
  std::string page = R"({"data":[)";
  for (int id = 100; id < 20'000; ++id) {
    // Names that do not compress.
    std::string name;
    for (std::uint64_t i = 0, state = static_cast<std::uint64_t>(id); i < 12; ++i) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      name += std::to_string(state);
    }
    page +=
        (id == 100 ? "{\"id\":" : ",{\"id\":") + std::to_string(id) + ",\"name\":\"" + name + "\"}";
  }
  imposter_.when("GET", "/orders").answer(200, page + "]}");
  const auto used = std::filesystem::file_size(path("shop.duckdb"));

  const Ended ended = sync({"--stream", "orders"}, {.file_bytes_max = used + 256 * 1024});

  EXPECT_EQ(ended.status, 1) << ended.signal << ended.messages;
  EXPECT_EQ(ended.errors().size(), 1) << ended.messages;
  EXPECT_EQ(everything(), before_);
}

TEST_F(FaultTest, ADestinationThatIsUnknown) {
  const Ended ended = run_tendril({"sync", path("shop.yaml"), "--to", "duckdbb:x"});

  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.errors(), ElementsAre(AllOf(HasSubstr("duckdbb:x"), HasSubstr("duckdb:FILE"))));
}

TEST_F(FaultTest, AStreamThatDoesNotExist) {
  const Ended ended = sync({"--stream", "itemz"});

  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.errors(), ElementsAre(HasSubstr("itemz")));
  EXPECT_EQ(everything(), before_);
}

TEST_F(FaultTest, AWarehouseThatIsNoDatabase) {
  write_file("shop.duckdb", std::string(10'000, 'x'));

  const Ended ended = sync();

  EXPECT_NE(ended.status, 0);
  EXPECT_THAT(ended.errors(), ElementsAre(HasSubstr("shop.duckdb")));
}

TEST_F(FaultTest, SecretsStayOutOfEveryLine) {
  imposter_.when("GET", "/orders").answer(500, "you sent " + std::string(kToken));

  const Ended text = sync({"--log-level", "debug"});
  const Ended json = sync({"--log-format", "json", "--log-level", "debug"});

  EXPECT_THAT(text.messages, AllOf(HasSubstr("orders"), Not(HasSubstr(std::string(kToken)))));
  EXPECT_THAT(json.messages, AllOf(HasSubstr("orders"), Not(HasSubstr(std::string(kToken)))));
}

}  // namespace
}  // namespace tendril

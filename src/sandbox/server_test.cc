// Sandboxes over real sockets.
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include <httplib.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/clock.h"
#include "sandbox/sandbox.h"
#include "sandbox/shop_sandbox.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

class SandboxServerTest : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(folder_ / "sandbox.yaml") << kShopYaml;
    auto definition = load_sandbox(folder_.path());
    ASSERT_TRUE(definition.ok()) << definition.error().message;
    definition_ = *definition;
  }

  std::unique_ptr<SandboxServer> start(SandboxOptions options = {}) {
    options.limits = {"calls=off"};
    auto server = SandboxServer::start(definition_, options);
    EXPECT_TRUE(server.ok()) << (server.ok() ? "" : server.error().message);
    return server.ok() ? std::move(server).value() : nullptr;
  }

  static std::string get(const SandboxServer& server, const std::string& target,
                         int expected = 200) {
    httplib::Client client("127.0.0.1", server.port());
    const auto response = client.Get(target, {{"Authorization", "Bearer good"}});
    EXPECT_TRUE(response);
    EXPECT_EQ(response ? response->status : 0, expected);
    return response ? response->body : "";
  }

  const TemporaryFolder folder_;
  std::shared_ptr<const SandboxDefinition> definition_;
};

TEST_F(SandboxServerTest, ServesTheSameDataForTheSameSeed) {
  const auto one = start({.records = 50, .seed = 9});
  const auto same = start({.records = 50, .seed = 9});
  const auto other = start({.records = 50, .seed = 10});
  const std::string lines = *sandbox_rows(one->address(), "customer");
  EXPECT_EQ(lines, *sandbox_rows(same->address(), "customer"));
  EXPECT_NE(lines, *sandbox_rows(other->address(), "customer"));
}

TEST_F(SandboxServerTest, NamesUrlsAsTheClientSeesThem) {
  const auto server = start();
  EXPECT_THAT(get(*server, "/shops/5000000000/orders/1"),
              testing::HasSubstr("http://127.0.0.1:" + std::to_string(server->port()) +
                                 "/shops/5000000000/orders/1"));
  EXPECT_EQ(server->base_url(), "http://127.0.0.1:" + std::to_string(server->port()));
}

TEST_F(SandboxServerTest, AnswersManyClientsAtOnceWhileRowsChange) {
  const auto server = start({.records = 400});
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      httplib::Client client("127.0.0.1", server->port());
      client.set_keep_alive(true);
      for (int page = 0; page < 20; ++page) {
        const auto response =
            client.Get("/shops/5000000000/orders?size=20&sort=updated&page=" + std::to_string(page),
                       {{"Authorization", "Bearer good"}});
        ASSERT_TRUE(response);
        ASSERT_EQ(response->status, 200);
        ASSERT_TRUE(parse_json(response->body).ok());
      }
    });
  }
  for (const MutationKind kind :
       {MutationKind::Insert, MutationKind::Update, MutationKind::Delete}) {
    ASSERT_TRUE(mutate_sandbox(server->address(), {kind, 10}).ok());
  }
  for (std::thread& client : clients) {
    client.join();
  }
  EXPECT_EQ(server->requests_served(), 80U);
}

TEST_F(SandboxServerTest, ReportsMutationsByKey) {
  const auto server = start({.records = 20});
  const auto report = mutate_sandbox(server->address(), {MutationKind::Insert, 2, "order"});
  ASSERT_TRUE(report.ok()) << report.error().message;
  ASSERT_EQ(report->rows.size(), 2U);
  EXPECT_EQ(report->rows[0].entity, "order");
  EXPECT_EQ(report->rows[0].key, "140");
  EXPECT_EQ(report->rows[1].key, "142");
  EXPECT_EQ(report->now, "2025-01-01T00:00:10Z");
  EXPECT_THAT(*sandbox_rows(server->address(), "order"),
              testing::HasSubstr("\"created\":\"2025-01-01T00:00:05Z\""));
  const auto gone = mutate_sandbox(server->address(), {MutationKind::Delete, 100, "order"});
  EXPECT_EQ(gone->rows.size(), 22U) << "no more than there are";
  EXPECT_EQ(*sandbox_rows(server->address(), "line"), "");
}

TEST_F(SandboxServerTest, SumsUpItsState) {
  const auto server = start({.records = 20, .seed = 4});
  EXPECT_EQ(*sandbox_summary(server->address()),
            R"({"name":"shop","seed":4,"records":20,"now":"2025-01-01T00:00:00Z","mutations":0,)"
            R"("rows":{"shop":4,"customer":20,"order":20,"line":40}})");
}

TEST_F(SandboxServerTest, TakesOrdersOnlyWithItsToken) {
  const auto server = start();
  SandboxAddress stranger = server->address();
  stranger.admin_token = Secret("guess");
  const auto refused = mutate_sandbox(stranger, {});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::Unauthenticated);
  EXPECT_EQ(sandbox_rows(server->address(), "nothing").error().code, ErrorCode::NotFound);
  const auto unknown = mutate_sandbox(server->address(), {MutationKind::Update, 1, "nothing"});
  EXPECT_EQ(unknown.error().code, ErrorCode::InvalidConfig);
  EXPECT_EQ(unknown.error().message, "no such entity: nothing");
  EXPECT_FALSE(mutate_sandbox(server->address(), {MutationKind::Update, 0}).ok());
}

TEST_F(SandboxServerTest, LeavesItsAddressForOthersAndTakesItBack) {
  const fs::path file = folder_ / "run" / "address.json";
  {
    const auto server = start({.address_file = file});
    const auto address = read_sandbox_address(file);
    ASSERT_TRUE(address.ok()) << address.error().message;
    EXPECT_EQ(address->port, server->port());
    EXPECT_TRUE(mutate_sandbox(*address, {}).ok());
    EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  }
  EXPECT_EQ(read_sandbox_address(file).error().code, ErrorCode::NotFound);
}

TEST_F(SandboxServerTest, RepeatsItsJournalAfterARestart) {
  const SandboxOptions options{.records = 60, .seed = 2, .journal = folder_ / "journal"};
  std::string rows;
  {
    const auto server = start(options);
    ASSERT_TRUE(mutate_sandbox(server->address(), {MutationKind::Insert, 7}).ok());
    ASSERT_TRUE(mutate_sandbox(server->address(), {MutationKind::Update, 9}).ok());
    ASSERT_TRUE(mutate_sandbox(server->address(), {MutationKind::Delete, 5, "order"}).ok());
    rows = *sandbox_rows(server->address(), "line");
  }
  const auto server = start(options);
  EXPECT_EQ(*sandbox_rows(server->address(), "line"), rows);
  SandboxOptions other = options;
  other.seed = 3;
  EXPECT_EQ(SandboxServer::start(definition_, other).error().code, ErrorCode::InvalidConfig);
}

TEST_F(SandboxServerTest, SaysWhichPortIsTaken) {
  const auto server = start();
  const auto second = SandboxServer::start(definition_, {.port = server->port()});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::System);
  EXPECT_EQ(second.error().message, "cannot listen on 127.0.0.1:" + std::to_string(server->port()));
  EXPECT_FALSE(SandboxServer::start(definition_, {.limits = {"nothing=1"}}).ok());
}

TEST_F(SandboxServerTest, StopsWhileClientsHoldConnections) {
  const auto server = start();
  httplib::Client client("127.0.0.1", server->port());
  client.set_keep_alive(true);
  ASSERT_TRUE(client.Get("/shops", {{"Authorization", "Bearer good"}}));
  server->stop();
  server->stop();
  EXPECT_FALSE(client.Get("/shops"));
  EXPECT_EQ(mutate_sandbox(server->address(), {}).error().code, ErrorCode::Unavailable);
}

// How often clients that ask for many pages, once each, do not get what they asked for.
int failures_of(const SandboxServer& server) {
  int failures = 0;
  for (int page = 0; page < 60; ++page) {
    httplib::Client client("127.0.0.1", server.port());
    const auto response = client.Get("/lines?size=2&cursor=" + std::to_string(page),
                                     {{"Authorization", "Bearer good"}});
    const bool is_good = response && response->status != 401 && response->status != 429 &&
                         response->status != 502 && parse_json(response->body).ok();
    failures += is_good ? 0 : 1;
  }
  return failures;
}

TEST_F(SandboxServerTest, AnswersWronglyBySeedUntilItIsToldToStop) {
  const auto server = start({.records = 50, .faults = 4});
  EXPECT_GE(failures_of(*server), 2);

  httplib::Client client("127.0.0.1", server->port());
  const httplib::Headers admin = {
      {"Authorization", "Bearer " + server->address().admin_token.reveal()}};
  const auto told = client.Post("/_sandbox/faults", admin, R"({"seed": 0})", "application/json");

  ASSERT_TRUE(told);
  EXPECT_EQ(told->status, 200);
  EXPECT_GT(*parse_json(told->body)->find("faults")->as_int(), 0);
  EXPECT_EQ(failures_of(*server), 0);
}

TEST_F(SandboxServerTest, RefusesAnOrderForFaultsWithoutASeed) {
  const auto server = start();
  httplib::Client client("127.0.0.1", server->port());
  const httplib::Headers admin = {
      {"Authorization", "Bearer " + server->address().admin_token.reveal()}};
  EXPECT_EQ(client.Post("/_sandbox/faults", admin, "{}", "application/json")->status, 400);
}

}  // namespace
}  // namespace tendril

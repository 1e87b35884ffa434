// What the shop's API answers.
#include "sandbox/vendor_api.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/encoding.h"
#include "sandbox/shop_sandbox.h"

namespace tendril {
namespace {

using testing::HasSubstr;

const std::string* header(const ApiResponse& response, std::string_view name) {
  return find_header(response.headers, name);
}

std::string header_text(const ApiResponse& response, std::string_view name) {
  const std::string* found = header(response, name);
  return found == nullptr ? "<nothing>" : *found;
}

TEST(VendorApi, AnswersAnUnknownPathInTheVendorsShape) {
  SandboxUnderTest sandbox;
  const ApiResponse response = sandbox.get("/nowhere");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body, R"({"error":"not found"})");
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(header_text(response, "x-request").size(), 16U);
}

TEST(VendorApi, ChecksEveryWayToAuthenticate) {
  SandboxUnderTest sandbox;
  const auto status = [&](Pairs headers, const std::string& target = "/shops") {
    return sandbox.get(target, std::move(headers)).status;
  };
  EXPECT_EQ(status({{"Authorization", "Bearer good"}}), 200);
  EXPECT_EQ(status({{"authorization", "bearer good"}}), 200);
  EXPECT_EQ(status({{"Authorization", "Basic " + base64_encode("user:pass")}}), 200);
  EXPECT_EQ(status({}, "/shops?api_key=good"), 200);
  EXPECT_EQ(status({{"Authorization", "good"}}), 401);
  EXPECT_EQ(status({{"Authorization", "Bearer good "}}), 401);
  EXPECT_EQ(status({{"Authorization", "Basic !!"}}), 401);
  EXPECT_EQ(sandbox.get("/shops", {}).body, R"({"error":"who are you"})");
  EXPECT_EQ(sandbox.get("/shops?api_key=bad", {}).body, R"({"error":"wrong token"})");
}

TEST(VendorApi, RefusesRoutesThatTheTokenMayNotUse) {
  SandboxUnderTest sandbox;
  const Pairs narrow{{"Authorization", "Bearer narrow"}};
  EXPECT_EQ(sandbox.get("/shops/5000000000/orders", narrow).status, 403);
  EXPECT_EQ(sandbox.get("/shops", narrow).status, 200);
}

TEST(VendorApi, ChecksTheValuesOfHeaders) {
  SandboxUnderTest sandbox;
  EXPECT_EQ(sandbox.get("/shops", {{"Authorization", "Bearer good"}, {"X-Version", "2"}}).status,
            200);
  EXPECT_EQ(sandbox.get("/shops", {{"Authorization", "Bearer good"}, {"X-Version", "9"}}).status,
            400);
}

TEST(VendorApi, CountsRequestsPerTokenAndWindow) {
  SandboxUnderTest sandbox;
  const Pairs good{{"Authorization", "Bearer good"}};
  for (int left = 49; left >= 0; --left) {
    const ApiResponse response = sandbox.get("/shops", good);
    ASSERT_EQ(response.status, 200);
    ASSERT_EQ(header_text(response, "X-Left"), std::to_string(left));
    ASSERT_EQ(header_text(response, "X-Reset"), "1700000060");
  }
  sandbox.clock.now_s += 20;
  const ApiResponse refused = sandbox.get("/shops", good);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(header_text(refused, "Retry-After"), "40");
  EXPECT_EQ(header_text(refused, "X-Left"), "0");
  EXPECT_EQ(sandbox.get("/me", good).body, R"({"left":0,"base":"http://sandbox.test"})");
  EXPECT_EQ(sandbox.get("/shops").status, 200) << "another token has its own count";
  sandbox.clock.now_s += 40;
  EXPECT_EQ(header_text(sandbox.get("/shops", good), "X-Left"), "49");
}

TEST(VendorApi, LimitsCanBeChangedAndSwitchedOff) {
  SandboxUnderTest few(kShopYaml, {.limits = {"calls=2"}});
  const Pairs good{{"Authorization", "Bearer good"}};
  EXPECT_EQ(few.get("/shops", good).status, 200);
  EXPECT_EQ(few.get("/shops", good).status, 200);
  EXPECT_EQ(few.get("/shops", good).status, 429);
  SandboxUnderTest off(kShopYaml, {.limits = {"calls=off"}});
  for (int i = 0; i < 60; ++i) {
    ASSERT_EQ(off.get("/shops", good).status, 200);
  }
  LimitPlan plan;
  plan.name = "calls";
  for (const char* wrong : {"calls=x", "calls=0", "calls", "call=1", ""}) {
    EXPECT_FALSE(change_limits({plan}, {wrong}).ok()) << wrong;
  }
}

TEST(VendorApi, AnswersNotModifiedWithoutCountingIt) {
  SandboxUnderTest sandbox;
  const ApiResponse first = sandbox.get("/shops");
  const ApiResponse second = sandbox.get(
      "/shops", {{"Authorization", "Bearer rich"}, {"If-None-Match", header_text(first, "ETag")}});
  EXPECT_EQ(second.status, 304);
  EXPECT_EQ(second.body, "");
  EXPECT_EQ(header_text(second, "X-Left"), header_text(first, "X-Left"));
  EXPECT_EQ(sandbox.get("/shops", {{"Authorization", "Bearer rich"}, {"If-None-Match", "W/\"0\""}})
                .status,
            200);
}

TEST(VendorApi, PagesByOffsetInAnEnvelope) {
  SandboxUnderTest sandbox;
  const Value first = sandbox.get_json("/shops");
  EXPECT_EQ(text_at(first, "/values/0/id"), "5000000000");
  EXPECT_EQ(text_at(first, "/values/1/name"), "South");
  EXPECT_EQ(text_at(first, "/values/2"), "<nothing>");
  EXPECT_EQ(text_at(first, "/start"), "0");
  EXPECT_EQ(text_at(first, "/total"), "4");
  EXPECT_EQ(text_at(first, "/last"), "false");
  const Value last = sandbox.get_json("/shops?limit=3&offset=3");
  EXPECT_EQ(text_at(last, "/values/0/name"), "South-2");
  EXPECT_EQ(text_at(last, "/last"), "true");
  EXPECT_EQ(text_at(sandbox.get_json("/shops?offset=99"), "/values"), "[]");
  EXPECT_EQ(sandbox.get("/shops?limit=4").status, 422);
  EXPECT_EQ(sandbox.get("/shops?limit=0").status, 422);
  EXPECT_EQ(sandbox.get("/shops?offset=x").body,
            R"({"error":"invalid","field":"offset","resource":""})");
}

TEST(VendorApi, PagesByLinkHeader) {
  SandboxUnderTest sandbox;
  const ApiResponse first = sandbox.get("/shops/5000000003/orders?size=20&status=done");
  EXPECT_THAT(
      header_text(first, "Link"),
      HasSubstr(
          "<http://sandbox.test/s/5000000003/orders?size=20&status=done&page=1>; rel=\"next\", "));
  EXPECT_THAT(header_text(first, "Link"), testing::Not(HasSubstr("prev")));
  const ApiResponse second = sandbox.get("/s/5000000003/orders?size=20&status=done&page=1");
  EXPECT_THAT(
      header_text(second, "Link"),
      HasSubstr(
          "<http://sandbox.test/s/5000000003/orders?size=20&status=done&page=0>; rel=\"prev\""));
  EXPECT_THAT(header_text(second, "Link"), HasSubstr("rel=\"first\""));
  const ApiResponse beyond = sandbox.get("/shops/5000000003/orders?page=1000");
  EXPECT_EQ(beyond.body, "[]");
  EXPECT_THAT(header_text(beyond, "Link"), testing::Not(HasSubstr("next")));
  SandboxUnderTest tiny(kShopYaml, {.records = 4, .seed = 3});
  EXPECT_EQ(header(tiny.get("/shops/5000000000/orders"), "Link"), nullptr);
}

TEST(VendorApi, FollowsCursorsThroughAPostedSearch) {
  SandboxUnderTest sandbox(kShopYaml, {.records = 3, .seed = 3});
  const auto search = [&](const std::string& body) {
    return sandbox.ask({.method = "POST",
                        .path = "/search",
                        .headers = {{"Authorization", "Bearer rich"}},
                        .body = body});
  };
  EXPECT_EQ(search("{}").body, R"({"error":"missing_field","field":"order","resource":"Line"})");
  EXPECT_EQ(search("not json").status, 422);
  EXPECT_EQ(search(R"({"order":100,"page":{"cursor":"bm90IG91cnM="}})").body,
            R"({"error":"invalid","field":"page.cursor","resource":"Line"})");
  std::size_t lines = 0;
  for (int order = 100; order <= 104; order += 2) {
    std::string cursor;
    do {
      const ApiResponse response =
          search(R"({"order":)" + std::to_string(order) + R"(,"page":{"size":1)" +
                 (cursor.empty() ? "" : R"(,"cursor":")" + cursor + '"') + "}}");
      ASSERT_EQ(response.status, 200) << response.body;
      const Value page = *parse_json(response.body);
      lines += page.find("data")->as_list()->size();
      EXPECT_EQ(text_at(page, "/more"), page.find("next")->is_null() ? "false" : "true");
      cursor = page.find("next")->is_null() ? "" : text_at(page, "/next");
    } while (!cursor.empty());
  }
  EXPECT_EQ(lines, 6U);
}

TEST(VendorApi, FollowsUrlsOfNextPages) {
  SandboxUnderTest sandbox(kShopYaml, {.records = 120, .seed = 3});
  std::set<std::string> ids;
  std::string target = "/lines?size=50";
  std::string later = "9999999999";
  while (target != "null") {
    const Value page = sandbox.get_json(target);
    for (const Value& line : *page.find("data")->as_list()) {
      ids.insert(text_at(line, "/id"));
      EXPECT_LE(text_at(line, "/at"), later) << "newest first";
      later = text_at(line, "/at");
    }
    target = text_at(page, "/next_page");
    target = target.starts_with("http://sandbox.test") ? target.substr(19) : target;
  }
  EXPECT_EQ(ids.size(), 240U);
}

TEST(VendorApi, FiltersAsAsked) {
  SandboxUnderTest sandbox;
  const auto count = [&](const std::string& query) {
    std::size_t rows = 0;
    for (int page = 0;; ++page) {
      const Value list =
          sandbox.get_json("/shops/5000000000/orders?size=20&page=" + std::to_string(page) + query);
      rows += list.as_list()->size();
      if (list.as_list()->size() < 20) {
        return rows;
      }
    }
  };
  const std::size_t all = count("");
  EXPECT_EQ(count("&status=open") + count("&status=done"), all);
  EXPECT_EQ(count("&customer=none") + count("&customer=any"), all);
  EXPECT_GT(count("&customer=none"), 0U);
  EXPECT_EQ(count("&since=2024-07-01T00:00:00Z&until=2024-07-01T00:00:00Z") +
                count("&since=2024-07-01T00:00:00Z") -
                count("&since=2024-07-01T00:00:00Z&until=2024-07-01T00:00:00Z"),
            count("&since=2024-07-01T02:00:00%2B02:00"));
  const std::size_t both = count("&watchers=10,11");
  EXPECT_GT(count("&watchers=10"), both);
  EXPECT_EQ(sandbox.get("/shops/5000000000/orders?since=yesterday").body,
            R"({"error":"invalid","field":"since","resource":"Order"})");
  EXPECT_EQ(sandbox.get("/shops/5000000000/orders?sort=colour").status, 422);
}

TEST(VendorApi, FindsRowsByWhatThePathSays) {
  SandboxUnderTest sandbox;
  const Value order = sandbox.get_json("/shops/5000000000/orders/7");
  EXPECT_EQ(text_at(order, "/number"), "7");
  EXPECT_EQ(text_at(order, "/before"), "6");
  EXPECT_EQ(text_at(order, "/url"), "http://sandbox.test/shops/5000000000/orders/7");
  EXPECT_EQ(text_at(sandbox.get_json("/shops/5000000000/orders/1"), "/before"), "<nothing>");
  EXPECT_EQ(sandbox.get("/shops/5000000000/orders/0").status, 404);
  EXPECT_EQ(sandbox.get("/shops/5000000000/orders/07").status, 404);
  EXPECT_EQ(sandbox.get("/shops/5000000000/orders/999999").status, 404);
  EXPECT_EQ(sandbox.get("/shops/5000000001/orders/1").status, 404);
  const std::string name = text_at(sandbox.row("customer", 3), "/name");
  EXPECT_EQ(text_at(sandbox.get_json("/customers/" + url_encode(name)), "/name"), name);
}

TEST(VendorApi, AnswersGoneForWhatWasDeleted) {
  SandboxUnderTest sandbox(kShopYaml, {.records = 3, .seed = 3});
  const std::string target = text_at(sandbox.row("order", 0), "/url");
  EXPECT_EQ(sandbox.get(target).status, 200);
  ASSERT_TRUE(sandbox.simulation().mutate({MutationKind::Delete, 3}).ok());
  EXPECT_EQ(sandbox.get(target).status, 410);
  EXPECT_EQ(text_at(sandbox.get_json("/lines"), "/data"), "[]") << "the lines go with their orders";
}

TEST(VendorApi, KeepsRelationsWhole) {
  SandboxUnderTest sandbox;
  for (int page = 0; page < 5; ++page) {
    const Value orders =
        sandbox.get_json("/shops/5000000003/orders?size=20&page=" + std::to_string(page));
    for (const Value& order : *orders.as_list()) {
      std::set<std::string> watchers;
      for (const Value& watcher : *order.find("watchers")->as_list()) {
        watchers.insert(text_at(watcher, "/id"));
        EXPECT_GE(text_at(watcher, "/id"), "15") << "of the same shop";
        EXPECT_LE(text_at(watcher, "/id"), "19");
      }
      EXPECT_EQ(watchers.size(), order.find("watchers")->as_list()->size()) << "each once";
      EXPECT_LE(text_at(order, "/created"), text_at(order, "/updated"));
    }
  }
}

}  // namespace
}  // namespace tendril

#include "http/redirect.h"

#include <gmock/gmock.h>

#include "http/transport.h"
#include "testing/http_imposter.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Response moved(int status, const std::string& location) {
  return {.status = status, .headers = {{"Location", location}}};
}

TEST(IsRedirect, OnlyWithAPlaceToGo) {
  EXPECT_TRUE(is_redirect(moved(302, "/x")));
  EXPECT_TRUE(is_redirect(moved(308, "/x")));
  EXPECT_FALSE(is_redirect({.status = 302}));
  EXPECT_FALSE(is_redirect(moved(304, "/x")));
  EXPECT_FALSE(is_redirect(moved(201, "/x")));
}

TEST(NextHop, ResolvesRelativeAddresses) {
  const Hop sent{.method = "GET", .url = "https://a.com/x/y?k=v"};

  EXPECT_EQ(next_hop(sent, moved(301, "z"))->url, "https://a.com/x/z");
  EXPECT_EQ(next_hop(sent, moved(301, "/z?q=1#f"))->url, "https://a.com/z?q=1");
  EXPECT_EQ(next_hop(sent, moved(301, "?q=2"))->url, "https://a.com/x/y?q=2");
  EXPECT_EQ(next_hop(sent, moved(301, "//b.com/z"))->url, "https://b.com/z");
  EXPECT_EQ(next_hop(sent, moved(301, "https://u:p@b.com/z w"))->url, "https://b.com/z%20w");
}

TEST(NextHop, ChangesTheMethodAsBrowsersDo) {
  const auto method_after = [](int status, const std::string& method) {
    return next_hop({.method = method, .url = "https://a.com/"}, moved(status, "/x"))->method;
  };

  EXPECT_EQ(method_after(301, "POST"), "GET");
  EXPECT_EQ(method_after(302, "POST"), "GET");
  EXPECT_EQ(method_after(302, "PUT"), "PUT");
  EXPECT_EQ(method_after(303, "PUT"), "GET");
  EXPECT_EQ(method_after(303, "HEAD"), "HEAD");
  EXPECT_EQ(method_after(307, "POST"), "POST");
  EXPECT_EQ(method_after(308, "POST"), "POST");
}

TEST(NextHop, DropsTheBodyWithTheMethod) {
  const Hop sent{.method = "POST",
                 .url = "https://a.com/",
                 .headers = {{"Content-Type", "text/csv"}, {"X-Key", "k"}},
                 .body = "x"};

  const auto next = next_hop(sent, moved(302, "/x"));

  ASSERT_THAT(next, IsOk());
  EXPECT_EQ(next->body, "");
  EXPECT_EQ(next->headers.find("Content-Type"), std::nullopt);
  EXPECT_EQ(next->headers.find("X-Key"), "k");
  EXPECT_EQ(next_hop(sent, moved(307, "/x"))->body, "x");
}

TEST(NextHop, TakesOnlyHarmlessHeadersToAnotherOrigin) {
  const Hop sent{.method = "GET",
                 .url = "https://a.com/",
                 .headers = {{"Authorization", "x"}, {"X-Api-Key", "x"}, {"accept", "text/csv"}}};

  for (const char* const elsewhere :
       {"https://b.com/", "https://a.com:8443/", "https://x.a.com/"}) {
    const auto next = next_hop(sent, moved(302, elsewhere));
    ASSERT_THAT(next, IsOk());
    EXPECT_EQ(next->headers.fields().size(), 1U) << elsewhere;
    EXPECT_EQ(next->headers.find("Accept"), "text/csv");
  }
  EXPECT_EQ(next_hop(sent, moved(302, "https://A.com:443/z"))->headers.fields().size(), 3U);
}

TEST(NextHop, RefusesWhatWouldGiveSomethingAway) {
  const Hop sent{.method = "POST", .url = "https://a.com/?key=hidden", .body = "x"};

  EXPECT_THAT(next_hop(sent, moved(302, "http://a.com/")),
              IsError(ErrorCode::InvalidConfig,
                      AllOf(HasSubstr("https to http"), Not(HasSubstr("hidden")))));
  EXPECT_THAT(next_hop(sent, moved(307, "https://b.com/")),
              IsError(ErrorCode::InvalidConfig, HasSubstr("another origin: https://b.com")));
}

TEST(NextHop, RefusesAddressesThatAreNotHttp) {
  const Hop sent{.method = "GET", .url = "https://a.com/"};

  for (const char* const location : {"file:///etc/passwd", "ftp://a.com/", "https://a.com:x/"}) {
    EXPECT_THAT(next_hop(sent, moved(302, location)), IsError(ErrorCode::Unavailable)) << location;
  }
}

class Redirects : public ::testing::Test {
 protected:
  HttpImposter here_;
  HttpImposter there_;
  std::unique_ptr<Transport> transport_ = std::move(curl_transport({}).value());
};

TEST_F(Redirects, AreFollowedToTheEnd) {
  here_.when("GET", "/1").answer(301, "gone", {{"Location", "/2"}});
  here_.when("GET", "/2").answer(302, "gone", {{"Location", there_.url("/3?x=y")}});
  there_.when("GET", "/3").answer(200, "[]");

  const auto response = transport_->send(
      {.url = here_.url("/1"), .headers = {{"Authorization", "Bearer x"}, {"X-Api-Key", "x"}}}, {});

  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, "[]");
  EXPECT_EQ(response->url, there_.url("/3?x=y"));
  EXPECT_EQ(here_.requests("/2").at(0).header("Authorization"), "Bearer x");
  EXPECT_EQ(there_.requests().at(0).headers.find("Authorization"), std::nullopt);
  EXPECT_EQ(there_.requests().at(0).headers.find("X-Api-Key"), std::nullopt);
}

TEST_F(Redirects, StayWhereOriginRewritesLead) {
  here_.when("GET", "/1").answer(302, "", {{"Location", "https://api.example.com/2"}});
  here_.when("GET", "/2").answer(200, "[]");
  transport_ = std::move(
      curl_transport({.origin_rewrites = {{"https://api.example.com", here_.origin()}}}).value());

  const auto response = transport_->send({.url = "https://api.example.com/1"}, {});

  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->url, "https://api.example.com/2");
}

TEST_F(Redirects, AreReturnedWhenNotWanted) {
  here_.when("GET", "/1").answer(302, "gone", {{"Location", "/2"}});

  const auto response = transport_->send({.url = here_.url("/1"), .follow_redirects = false}, {});

  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(response->body, "gone");
}

TEST_F(Redirects, EndAfterTen) {
  here_.when("GET", "/1").answer(302, "", {{"Location", "/1?key=hidden"}});

  EXPECT_THAT(transport_->send({.url = here_.url("/1")}, {}),
              IsError(ErrorCode::Unavailable,
                      AllOf(HasSubstr("more than 10 redirects"), Not(HasSubstr("hidden")))));
  EXPECT_EQ(here_.count("/1"), 11);
}

}  // namespace
}  // namespace tendril

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "http/transport.h"
#include "testing/http_imposter.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::AtMost;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;
using namespace std::string_literals;

std::unique_ptr<Transport> transport(TransportOptions options = {}) {
  return std::move(curl_transport(std::move(options)).value());
}

TEST(CurlTransport, ReturnsStatusHeadersAndBody) {
  HttpImposter imposter;
  imposter.when("GET", "/items").answer(418, "[1]", {{"X-Two", "a"}, {"X-Two", "b"}});

  const Result<Response> response = transport()->send({.url = imposter.url("/items?page=1")}, {});

  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status, 418);
  EXPECT_EQ(response->body, "[1]");
  EXPECT_EQ(response->headers.find("x-two"), "a");
  EXPECT_EQ(response->headers.fields().size(), 4U);
  EXPECT_EQ(response->url, imposter.url("/items?page=1"));
}

TEST(CurlTransport, SendsQueryHeadersAndBodyAsTheyAre) {
  HttpImposter imposter;
  imposter.when("*", "/items").answer(200);

  ASSERT_THAT(transport()->send({.method = "PATCH",
                                 .url = imposter.url("/items?a=1"),
                                 .query = {{"b c", "ä&d"}},
                                 .headers = {{"X-Key", "k"}, {"X-Empty", ""}},
                                 .body = "\0{}"s},
                                {}),
              IsOk());

  const ReceivedRequest asked = imposter.requests().at(0);
  EXPECT_EQ(asked.method, "PATCH");
  EXPECT_EQ(asked.target, "/items?a=1&b%20c=%C3%A4%26d");
  EXPECT_EQ(asked.header("X-Key"), "k");
  EXPECT_EQ(asked.headers.find("X-Empty"), "");
  EXPECT_EQ(asked.header("User-Agent"), "tendril/0.1.0");
  EXPECT_EQ(asked.headers.find("Content-Type"), std::nullopt);
  EXPECT_EQ(asked.headers.find("Expect"), std::nullopt);
  EXPECT_EQ(asked.body, "\0{}"s);
}

TEST(CurlTransport, HeadersOfTheRequestWinOverItsOwn) {
  HttpImposter imposter;
  imposter.when("GET", "/items").answer(200);
  const auto sender = transport({.user_agent = "own"});

  ASSERT_THAT(sender->send({.url = imposter.url("/items"),
                            .headers = {{"user-agent", "theirs"}, {"Accept", "text/csv"}}},
                           {}),
              IsOk());
  ASSERT_THAT(sender->send({.url = imposter.url("/items")}, {}), IsOk());

  EXPECT_EQ(imposter.requests().at(0).header("User-Agent"), "theirs");
  EXPECT_EQ(imposter.requests().at(0).header("Accept"), "text/csv");
  EXPECT_EQ(imposter.requests().at(1).header("User-Agent"), "own");
  EXPECT_EQ(imposter.requests().at(1).header("Accept"), "*/*");
}

TEST(CurlTransport, SendsEveryMethodWithAndWithoutBody) {
  HttpImposter imposter;
  imposter.when("*", "/items").answers([](const ReceivedRequest& asked) {
    return ScriptedAnswer(200, asked.method + ":" + asked.body);
  });
  const auto sender = transport();

  for (const std::string method : {"GET", "POST", "PUT", "PATCH", "DELETE", "QUERY"}) {
    for (const std::string body : {"", "x=1"}) {
      const auto response =
          sender->send({.method = method, .url = imposter.url("/items"), .body = body}, {});
      ASSERT_THAT(response, IsOk());
      EXPECT_EQ(response->body, method + ":" + body);
    }
  }
  const auto head = sender->send({.method = "HEAD", .url = imposter.url("/items")}, {});
  ASSERT_THAT(head, IsOk());
  EXPECT_EQ(head->headers.find("Content-Length"), "5");
  EXPECT_EQ(head->body, "");
}

TEST(CurlTransport, ReusesConnections) {
  HttpImposter imposter;
  imposter.when("GET", "/items").answer(200, "[]").then(404).then(200, "[]");
  const auto sender = transport();

  for (int i = 0; i < 4; ++i) {
    ASSERT_THAT(sender->send({.url = imposter.url("/items")}, {}), IsOk());
  }

  EXPECT_EQ(imposter.connections(), 1);
}

TEST(CurlTransport, SendsAgainOverADeadConnectionOnlyWhatIsSafe) {
  HttpImposter imposter;
  imposter.when("*", "/items").answer(200, "[]");
  const auto sender = transport();
  ASSERT_THAT(sender->send({.url = imposter.url("/items")}, {}), IsOk());

  ASSERT_THAT(sender->send({.url = imposter.url("/items"), .safe_to_retry = false}, {}), IsOk());

  EXPECT_EQ(imposter.connections(), 2) << "a kept connection may be dead, and curl would resend";
}

TEST(CurlTransport, BodyKeepsSpareBytes) {
  HttpImposter imposter;
  const auto sender = transport();
  for (const std::size_t size : {0UL, 1UL, 15UL, 4096UL, 100'000UL, 3'000'000UL}) {
    const std::string path = "/" + std::to_string(size);
    imposter.when("GET", path).answer(200, std::string(size, 'x'));
    imposter.when("GET", path + "c")
        .answer(ScriptedAnswer(200, std::string(size, 'x')).chunked(65'000));
    for (const std::string& variant : {path, path + "c"}) {
      const auto response = sender->send({.url = imposter.url(variant)}, {});
      ASSERT_THAT(response, IsOk());
      EXPECT_EQ(response->body, std::string(size, 'x'));
      EXPECT_GE(response->body.capacity(), size + kBodySpareBytes) << variant;
    }
  }
}

struct Coding {
  std::string name;
  std::string bytes;
};

class CurlTransportDecodes : public ::testing::TestWithParam<Coding> {};

TEST_P(CurlTransportDecodes, Body) {
  HttpImposter imposter;
  imposter.when("GET", "/items")
      .answer(200, GetParam().bytes, {{"Content-Encoding", GetParam().name}});
  std::string expected = R"({"items":[{"id":1})";
  for (int i = 0; i < 39; ++i) {
    expected += R"(,{"id":1})";
  }

  const auto response = transport()->send({.url = imposter.url("/items")}, {});

  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, expected + "]}");
  EXPECT_THAT(imposter.requests().at(0).header("Accept-Encoding"), HasSubstr(GetParam().name));
}

INSTANTIATE_TEST_SUITE_P(
    Codings, CurlTransportDecodes,
    ::testing::Values(
        Coding{"gzip",
               "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\xca\x2c\x49\xcd\x2d\x56"
               "\xb2\x8a\xae\x56\xca\x4c\x51\xb2\x32\xac\xd5\x19\x65\xd0\x92\x11\x5b\x0b"
               "\x00\xe4\x05\x61\xec\x73\x01\x00\x00"s},
        Coding{"br",
               "\x1b\x72\x01\xf8\x9d\x07\xb6\x8d\x6d\xeb\x43\x94\x7a\x96\x35\x1b\x59\x8a\xec"
               "\xf5\xa5\x0e\x59\x5a\xb1\x74\x55\xcc\x56\x4a\x32\x09\x81\xc5\x00\x1f\xe5\x62"
               "\x30\x87\x71"s},
        Coding{"zstd",
               "\x28\xb5\x2f\xfd\x00\x68\xe5\x00\x00\xa8\x7b\x22\x69\x74\x65\x6d\x73\x22"
               "\x3a\x5b\x7b\x22\x69\x64\x22\x3a\x31\x7d\x2c\x5d\x7d\x01\x00\xb7\xa8\x96"
               "\x30"s}),
    [](const auto& coding) { return coding.param.name; });

TEST(CurlTransport, RefusesBodiesOverTheLimit) {
  // Four MiB of one letter.
  const std::string bomb = "\x9b\xff\xff\x3f\xf8\x25\xc2\xe2\xb1\x40\x20\xf7\xfe\x07"s;
  HttpImposter imposter;
  imposter.when("GET", "/plain").answer(200, std::string(1001, 'x'));
  imposter.when("GET", "/chunked").answer(ScriptedAnswer(200, std::string(1001, 'x')).chunked(100));
  imposter.when("GET", "/bomb").answer(200, bomb, {{"Content-Encoding", "br"}});
  imposter.when("GET", "/exact").answer(200, std::string(1000, 'x'));
  const auto sender = transport();

  for (const char* const path : {"/plain?key=hidden", "/chunked?key=hidden", "/bomb?key=hidden"}) {
    EXPECT_THAT(sender->send({.url = imposter.url(path), .body_bytes_max = 1000}, {}),
                IsError(ErrorCode::BadData,
                        AllOf(HasSubstr("larger than 1000 bytes"), Not(HasSubstr("hidden")))));
  }
  EXPECT_THAT(sender->send({.url = imposter.url("/exact"), .body_bytes_max = 1000}, {}), IsOk());
}

TEST(CurlTransport, RefusesWhatCannotBeSent) {
  const auto sender = transport();

  for (const std::string url : {"", "/items", "ftp://127.0.0.1/x", "file:///etc/passwd",
                                "http://127.0.0.1:99999/?k=hidden", "http://a b/?k=hidden"}) {
    EXPECT_THAT(sender->send({.url = url}, {}),
                IsError(ErrorCode::InvalidConfig, Not(HasSubstr("hidden"))))
        << url;
  }
  EXPECT_THAT(sender->send({.method = "GET /\r\n", .url = "http://127.0.0.1/"}, {}),
              IsError(ErrorCode::InvalidConfig));
  EXPECT_THAT(sender->send({.url = "http://127.0.0.1/", .headers = {{"A", "hidden\r\nB: c"}}}, {}),
              IsError(ErrorCode::InvalidConfig, Not(HasSubstr("hidden"))));
}

TEST(CurlTransport, SkipsInformationalAnswers) {
  HttpImposter imposter;
  imposter.when("GET", "/items")
      .answer(ScriptedAnswer::raw("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 "
                                  "OK\r\nContent-Length: 2\r\n\r\n[]"));

  const auto response = transport()->send({.url = imposter.url("/items")}, {});

  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->headers.find("X-Early"), std::nullopt);
}

TEST(CurlTransport, ReadsABodyWithoutLengthToTheEnd) {
  HttpImposter imposter;
  imposter.when("GET", "/items").answer(ScriptedAnswer::raw("HTTP/1.0 200 OK\r\n\r\n[1,2]"));

  const auto response = transport()->send({.url = imposter.url("/items")}, {});

  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, "[1,2]");
}

TEST(CurlTransport, RewritesOrigins) {
  HttpImposter imposter;
  imposter.when("GET", "/v1/items").answer(200, "[]");
  const auto sender =
      transport({.origin_rewrites = {{"https://API.example.com", imposter.origin() + "/"}}});

  const auto response = sender->send({.url = "https://api.example.com:443/v1/items?a=b"}, {});

  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->url, "https://api.example.com:443/v1/items?a=b");
  EXPECT_EQ(imposter.requests().at(0).target, "/v1/items?a=b");
}

TEST(CurlTransport, RewritesAnyOriginAndKeepsItInThePath) {
  HttpImposter imposter;
  imposter.when("GET", "/https/api.example.com/v1/items").answer(200, "[]");
  const auto sender = transport({.origin_rewrites = {{"*", imposter.origin()}}});

  const auto response = sender->send({.url = "https://API.example.com:443/v1/items?a=b"}, {});

  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(imposter.requests().at(0).target, "/https/api.example.com/v1/items?a=b");
}

TEST(CurlTransport, SendsThroughAProxy) {
  HttpImposter proxy;
  proxy.when("GET", "http://api.example.test/items").answer(200, "[]");
  const auto sender = transport({.proxy = proxy.origin()});

  const auto response = sender->send({.url = "http://api.example.test/items"}, {});

  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, "[]");
}

TEST(CurlTransport, ServesManyThreads) {
  HttpImposter imposter;
  imposter.when("GET", "/items").answers([](const ReceivedRequest& asked) {
    return ScriptedAnswer(200, asked.parameter("n"));
  });
  const auto sender = transport();
  std::atomic<int> right = 0;

  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 25; ++i) {
          const std::string n = std::to_string(t * 1000 + i);
          const auto response =
              sender->send({.url = imposter.url("/items"), .query = {{"n", n}}}, {});
          right += response.ok() && response->body == n ? 1 : 0;
        }
      });
    }
  }

  EXPECT_EQ(right, 200);
  EXPECT_THAT(imposter.connections(), Le(8));
}

TEST(CurlTransport, KeepsTheNumberInFlightPerHost) {
  HttpImposter imposter;
  std::atomic<int> inside = 0;
  std::atomic<int> inside_max = 0;
  imposter.when("GET", "/items").answers([&](const ReceivedRequest&) {
    const int now = ++inside;
    inside_max = std::max(inside_max.load(), now);
    std::this_thread::sleep_for(milliseconds(5));
    --inside;
    return ScriptedAnswer(200, "[]");
  });
  const auto sender = transport({.connections_per_host_max = 2});
  std::atomic<int> right = 0;

  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 6; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 5; ++i) {
          right += sender->send({.url = imposter.url("/items")}, {}).ok() ? 1 : 0;
        }
      });
    }
  }

  EXPECT_EQ(right, 30);
  EXPECT_LE(inside_max, 2);
}

}  // namespace
}  // namespace tendril

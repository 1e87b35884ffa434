#include <gmock/gmock.h>

#include "http/transport.h"
#include "testing/http_imposter.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;

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
  EXPECT_EQ(response->url, imposter.url("/items?page=1"));
}

}  // namespace
}  // namespace tendril

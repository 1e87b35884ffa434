#include "http/client.h"

#include <gmock/gmock.h>

#include "testing/fake_clock.h"
#include "testing/http_imposter.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

class QuietSink final : public LogSink {
 public:
  void line(LogLevel /*level*/, std::string_view /*text*/) override {}
};

TEST(Client, RetriesServerErrors) {
  HttpImposter imposter;
  imposter.when("GET", "/items").answer(503).then(200, "[]");
  const auto transport = std::move(curl_transport({}).value());
  const auto authenticator = no_authentication();
  FakeClock clock;
  Redactor redactor;
  QuietSink sink;
  Log log(LogLevel::Info, LogFormat::Text, clock, redactor, sink);
  Client client(*transport, *authenticator, clock, log, {});

  EXPECT_THAT(client.send({.url = imposter.url("/items")}, {}), IsOk());
  EXPECT_EQ(imposter.count("/items"), 2);
}

}  // namespace
}  // namespace tendril

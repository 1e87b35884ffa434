#include "bridges/partner/partner_server.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <gmock/gmock.h>

#include "bridges/partner/partner_channel.h"
#include "bridges/partner/partner_log.h"
#include "bridges/partner/wire_status.h"
#include "destination_sdk.grpc.pb.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using testing::HasSubstr;
namespace wire = fivetran_sdk::v2;

class RefusingDestination final : public wire::DestinationConnector::Service {
 public:
  grpc::Status Test(grpc::ServerContext*, const wire::TestRequest* request,
                    wire::TestResponse*) override {
    return status_of({.code = ErrorCode::Unauthenticated, .message = "no " + request->name()});
  }
};

std::unique_ptr<PartnerServer> serve() {
  return PartnerServer::start(std::make_unique<RefusingDestination>(), {}).value();
}

TEST(PartnerServing, AnswersCalls) {
  const auto server = serve();
  const auto channel = connect_partner("127.0.0.1:" + std::to_string(server->port()), {});
  ASSERT_THAT(channel, IsOk());
  const auto stub = wire::DestinationConnector::NewStub(*channel);
  wire::TestRequest request;
  request.set_name("login");
  wire::TestResponse response;
  grpc::ClientContext context;

  const grpc::Status status = stub->Test(&context, request, &response);

  const Error error = error_of(status, "Test");
  EXPECT_EQ(error.code, ErrorCode::Unauthenticated);
  EXPECT_EQ(error.message, "Test: no login");
}

TEST(PartnerServing, SharesNoPort) {
  const auto server = serve();
  EXPECT_THAT(PartnerServer::start(std::make_unique<RefusingDestination>(),
                                   {.host = "127.0.0.1", .port = server->port()}),
              IsError(ErrorCode::System, HasSubstr(std::to_string(server->port()))));
}

TEST(PartnerServing, SaysThatNobodyAnswers) {
  const int gone = serve()->port();
  EXPECT_THAT(
      connect_partner("127.0.0.1:" + std::to_string(gone), {}, std::chrono::milliseconds{1}),
      IsError(ErrorCode::Unavailable, HasSubstr("no server answers at 127.0.0.1:")));
}

TEST(PartnerServing, RefusesWhatIsNoAddress) {
  for (const char* address :
       {"", "here", "here:", "here:0", "here:70000", ":80", "http://here:80", "here:80x"}) {
    EXPECT_THAT(connect_partner(address, {}),
                IsError(ErrorCode::InvalidConfig, HasSubstr("HOST:PORT")))
        << address;
  }
}

TEST(PartnerLines, AreJsonWithoutSecrets) {
  Redactor redactor;
  redactor.add(Secret("hunter2hunter2"));
  EXPECT_EQ(PartnerLog(PartnerRole::Destination, redactor).line("SEVERE", "no \"hunter2hunter2\""),
            "{\"level\":\"SEVERE\",\"message\":\"no \\\"***\\\"\","
            "\"message-origin\":\"sdk_destination\"}\n");
}

}  // namespace
}  // namespace tendril

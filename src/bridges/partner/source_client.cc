#include "bridges/partner/source_client.h"

#include <optional>
#include <string_view>

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/sync_stream.h>

#include "bridges/partner/partner_channel.h"
#include "bridges/partner/partner_server.h"
#include "bridges/partner/wire_status.h"
#include "connector_sdk.grpc.pb.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;

constexpr int kMegabyte = 1024 * 1024;

// A call that ends when a stop is requested.
class StoppableCall {
 public:
  explicit StoppableCall(std::stop_token stop)
      : stop_(std::move(stop)), on_stop_(stop_, [this] { context_.TryCancel(); }) {}

  grpc::ClientContext& context() { return context_; }

  Status outcome(const grpc::Status& status, const std::string& name) const {
    if (status.ok()) {
      return {};
    }
    if (stop_.stop_requested()) {
      return Error{ErrorCode::Cancelled, name + ": stopped"};
    }
    const bool is_large =
        status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED &&
        status.error_message().find("message larger than max") != std::string::npos;
    if (is_large) {
      return Error{ErrorCode::BadData, name + ": the server sent a message of more than " +
                                           std::to_string(kPartnerMessageBytesMax / kMegabyte) +
                                           " MB, which the protocol does not allow"};
    }
    return error_of(status, name);
  }

 private:
  grpc::ClientContext context_;
  const std::stop_token stop_;
  const std::stop_callback<std::function<void()>> on_stop_;
};

template <class Request>
void put_configuration(const FlatSettings& settings, Request& request) {
  request.mutable_configuration()->insert(settings.begin(), settings.end());
}

}  // namespace

SourceClient::SourceClient(std::shared_ptr<grpc::Channel> channel, std::string address,
                           FlatSettings configuration)
    : channel_(std::move(channel)),
      address_(std::move(address)),
      configuration_(std::move(configuration)) {}

Result<SourceClient> SourceClient::connect(const std::string& address, FlatSettings configuration,
                                           std::stop_token stop) {
  auto channel = TRY(connect_partner(address, std::move(stop)));
  return SourceClient(std::move(channel), address, std::move(configuration));
}

Result<wire::ConfigurationFormResponse> SourceClient::form(std::stop_token stop) const {
  const auto stub = wire::SourceConnector::NewStub(channel_);
  StoppableCall call(std::move(stop));
  wire::ConfigurationFormResponse response;
  const grpc::Status status = stub->ConfigurationForm(&call.context(), {}, &response);
  TRY(call.outcome(status, call_name("ConfigurationForm")));
  return response;
}

Status SourceClient::test(const std::string& name, std::stop_token stop) const {
  const auto stub = wire::SourceConnector::NewStub(channel_);
  StoppableCall call(std::move(stop));
  wire::TestRequest request;
  wire::TestResponse response;
  request.set_name(name);
  put_configuration(configuration_, request);
  const grpc::Status status = stub->Test(&call.context(), request, &response);
  TRY(call.outcome(status, call_name("Test")));
  if (response.success()) {
    return {};
  }
  return Error{ErrorCode::InvalidConfig,
               response.failure().empty() ? "it failed" : response.failure()};
}

Result<wire::SchemaResponse> SourceClient::schema(std::stop_token stop) const {
  const auto stub = wire::SourceConnector::NewStub(channel_);
  StoppableCall call(std::move(stop));
  wire::SchemaRequest request;
  wire::SchemaResponse response;
  put_configuration(configuration_, request);
  const grpc::Status status = stub->Schema(&call.context(), request, &response);
  TRY(call.outcome(status, call_name("Schema")));
  return response;
}

Status SourceClient::update(wire::UpdateRequest request, const Take& take,
                            std::stop_token stop) const {
  const auto stub = wire::SourceConnector::NewStub(channel_);
  StoppableCall call(std::move(stop));
  put_configuration(configuration_, request);
  const auto reader = stub->Update(&call.context(), request);
  wire::UpdateResponse message;
  Status taken;
  while (taken.ok() && reader->Read(&message)) {
    taken = take(message);
  }
  if (!taken.ok()) {
    call.context().TryCancel();
  }
  const grpc::Status status = reader->Finish();
  TRY(std::move(taken));
  return call.outcome(status, call_name("Update"));
}

}  // namespace tendril

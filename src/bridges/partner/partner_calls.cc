#include "bridges/partner/partner_calls.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include "bridges/partner/partner_channel.h"
#include "bridges/partner/wire_status.h"
#include "data/json.h"
#include "destination_sdk.grpc.pb.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;

using Stub = wire::DestinationConnector::StubInterface;

constexpr std::array<std::string_view, 7> kSecretWords = {"password",   "passwd", "secret", "token",
                                                          "credential", "key",    "private"};

bool is_secret_name(std::string_view name) {
  std::string lower;
  for (const char c : name) {
    lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return std::ranges::any_of(
      kSecretWords, [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

class GrpcCalls final : public PartnerCalls {
 public:
  GrpcCalls(std::string address, std::unique_ptr<Stub> stub, PartnerConfiguration configuration)
      : address_(std::move(address)),
        stub_(std::move(stub)),
        configuration_(std::move(configuration)) {
    for (const auto& [name, value] : configuration_) {
      if (is_secret_name(name)) {
        redactor_.add(Secret(value));
      }
    }
  }

  Result<wire::ConfigurationFormResponse> form() override {
    return called(&Stub::ConfigurationForm, wire::ConfigurationFormRequest(),
                  wire::ConfigurationFormResponse(), "ConfigurationForm");
  }

  Status test(const std::string& name) override {
    wire::TestRequest request;
    request.set_name(name);
    const auto response =
        TRY(called(&Stub::Test, configured(std::move(request)), wire::TestResponse(), "Test"));
    if (response.success()) {
      return {};
    }
    return Error{.code = ErrorCode::InvalidConfig,
                 .message = redactor_.redact(
                     "test \"" + name + "\" of " + address_ + " failed: " +
                     (response.failure().empty() ? "no reason is given" : response.failure()))};
  }

  Result<wire::BatchFileFormat> format() override {
    const auto response = TRY(called(&Stub::Capabilities, wire::CapabilitiesRequest(),
                                     wire::CapabilitiesResponse(), "Capabilities"));
    return response.batch_file_format();
  }

  Result<std::optional<wire::Table>> describe(const std::string& schema,
                                              const std::string& table) override {
    wire::DescribeTableRequest request;
    request.set_schema_name(schema);
    request.set_table_name(table);
    const std::string call = "DescribeTable of " + table;
    const auto response = TRY(called(&Stub::DescribeTable, configured(std::move(request)),
                                     wire::DescribeTableResponse(), call));
    TRY(complaint_of(response, call));
    return response.has_table() ? std::optional(response.table()) : std::optional<wire::Table>();
  }

  Status create(wire::CreateTableRequest request) override {
    const std::string call = "CreateTable of " + request.table().name();
    return succeeded(called(&Stub::CreateTable, configured(std::move(request)),
                            wire::CreateTableResponse(), call),
                     call);
  }

  Status alter(wire::AlterTableRequest request) override {
    const std::string call = "AlterTable of " + request.table().name();
    return succeeded(
        called(&Stub::AlterTable, configured(std::move(request)), wire::AlterTableResponse(), call),
        call);
  }

  Status truncate(wire::TruncateRequest request) override {
    const std::string call = "Truncate of " + request.table_name();
    return succeeded(
        called(&Stub::Truncate, configured(std::move(request)), wire::TruncateResponse(), call),
        call);
  }

  Status write(wire::WriteBatchRequest request) override {
    const std::string call = "WriteBatch of " + request.table().name();
    return succeeded(
        called(&Stub::WriteBatch, configured(std::move(request)), wire::WriteBatchResponse(), call),
        call);
  }

  Status write_history(wire::WriteHistoryBatchRequest request) override {
    const std::string call = "WriteHistoryBatch of " + request.table().name();
    return succeeded(called(&Stub::WriteHistoryBatch, configured(std::move(request)),
                            wire::WriteBatchResponse(), call),
                     call);
  }

  Result<bool> migrate(wire::MigrateRequest request) override {
    const std::string call = "Migrate of " + request.details().table();
    const auto response =
        TRY(called(&Stub::Migrate, configured(std::move(request)), wire::MigrateResponse(), call));
    if (response.unsupported()) {
      return false;
    }
    TRY(succeeded(Result<wire::MigrateResponse>(response), call));
    return true;
  }

  const std::string& address() const override { return address_; }

 private:
  template <class Request>
  Request configured(Request request) const {
    request.mutable_configuration()->insert(configuration_.begin(), configuration_.end());
    return request;
  }

  template <class Request, class Response>
  Result<Response> called(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                       Response*),
                          const Request& request, Response response, const std::string& call) {
    grpc::ClientContext context;
    const grpc::Status status = (*stub_.*method)(&context, request, &response);
    if (status.ok()) {
      return response;
    }
    Error error = error_of(status, call + " at " + address_);
    error.message = redactor_.redact(error.message);
    return error;
  }

  template <class Response>
  Status complaint_of(const Response& response, const std::string& call) const {
    if (!response.has_warning() && !response.has_task()) {
      return {};
    }
    const std::string& said =
        response.has_task() ? response.task().message() : response.warning().message();
    return Error{.code = ErrorCode::System,
                 .message = redactor_.redact(call + " at " + address_ + " ended with a " +
                                             (response.has_task() ? "task: " : "warning: ") +
                                             (said.empty() ? "the server gave no reason" : said))};
  }

  template <class Response>
  Status succeeded(Result<Response> answered, const std::string& call) const {
    const Response response = TRY(std::move(answered));
    TRY(complaint_of(response, call));
    if (response.success()) {
      return {};
    }
    return Error{.code = ErrorCode::System,
                 .message = call + " at " + address_ + " did not succeed, without a reason"};
  }

  const std::string address_;
  const std::unique_ptr<Stub> stub_;
  const PartnerConfiguration configuration_;
  Redactor redactor_;
};

}  // namespace

Result<std::unique_ptr<PartnerCalls>> PartnerCalls::connect(const std::string& address,
                                                            PartnerConfiguration configuration,
                                                            std::stop_token stop) {
  const auto channel = TRY(connect_partner(address, std::move(stop)));
  return std::make_unique<GrpcCalls>(address, wire::DestinationConnector::NewStub(channel),
                                     std::move(configuration));
}

Result<PartnerConfiguration> read_partner_configuration(const std::string& file) {
  PartnerConfiguration configuration;
  if (file.empty()) {
    return configuration;
  }
  const Value document = TRY(read_json_file(file));
  if (!document.is_map()) {
    return Error{.code = ErrorCode::InvalidConfig,
                 .message = "configuration of a destination is no JSON object: " + file};
  }
  for (const auto& [name, value] : document.as_map()->members()) {
    if (!value.is_string()) {
      return Error{.code = ErrorCode::InvalidConfig,
                   .message = file + ": all values must be texts, but one is not: " + name};
    }
    configuration[name] = *value.as_string();
  }
  return configuration;
}

}  // namespace tendril

// SourceClient: the calls to a source that speaks the partner protocol.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "bridges/partner/flat_settings.h"
#include "core/result.h"

namespace grpc {
class Channel;
}  // namespace grpc

namespace fivetran_sdk::v2 {
class ConfigurationFormResponse;
class SchemaResponse;
class UpdateRequest;
class UpdateResponse;
}  // namespace fivetran_sdk::v2

namespace tendril {

// Errors: those of the server by error_of(); BadData for a message that is larger than the protocol
// allows; Cancelled when a stop is requested.
// Threads: safe to share.
class SourceClient {
 public:
  SourceClient(std::shared_ptr<grpc::Channel> channel, std::string address,
               FlatSettings configuration);

  // Errors: as connect_partner().
  static Result<SourceClient> connect(const std::string& address, FlatSettings configuration,
                                      std::stop_token stop);

  Result<fivetran_sdk::v2::ConfigurationFormResponse> form(std::stop_token stop) const;
  // Errors: InvalidConfig when the test fails.
  Status test(const std::string& name, std::stop_token stop) const;
  Result<fivetran_sdk::v2::SchemaResponse> schema(std::stop_token stop) const;

  // Hands over each message as it comes; an error of `take` ends the call and is returned. The
  // request needs no configuration.
  using Take = std::function<Status(const fivetran_sdk::v2::UpdateResponse& message)>;
  Status update(fivetran_sdk::v2::UpdateRequest request, const Take& take,
                std::stop_token stop) const;

 private:
  std::string call_name(const std::string& call) const { return call + " of " + address_; }

  std::shared_ptr<grpc::Channel> channel_;  // Shared with the calls under way.
  std::string address_;
  FlatSettings configuration_;
};

}  // namespace tendril

#include "bridges/partner/partner_server.h"

#include <chrono>
#include <utility>

#include <grpcpp/impl/codegen/service_type.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

namespace tendril {
namespace {

constexpr std::chrono::seconds kStopPatience{2};

std::string with_port(const std::string& host, int port) {
  const bool numeric_v6 = host.find(':') != std::string::npos && !host.starts_with('[');
  return (numeric_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

// A server that listens at `first` (its port in `bound`, 0 when that can not be) and, beside, at
// `second` unless that is empty.
std::unique_ptr<grpc::Server> listen(grpc::Service& service, const std::string& first,
                                     const std::string& second, int& bound) {
  grpc::ServerBuilder builder;
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // One server a port.
  builder.SetMaxReceiveMessageSize(kPartnerMessageBytesMax);
  builder.SetMaxSendMessageSize(kPartnerMessageBytesMax);
  builder.AddListeningPort(first, grpc::InsecureServerCredentials(), &bound);
  if (!second.empty()) {
    builder.AddListeningPort(second, grpc::InsecureServerCredentials());
  }
  builder.RegisterService(&service);
  return builder.BuildAndStart();
}

}  // namespace

Result<std::unique_ptr<PartnerServer>> PartnerServer::start(std::unique_ptr<grpc::Service> service,
                                                            const PartnerServerOptions& options) {
  const bool loopback = options.host.empty();
  const std::string first = with_port(loopback ? "127.0.0.1" : options.host, options.port);
  // A port that the system chooses is chosen for one family; a machine may have no IPv6.
  const std::string second = loopback && options.port != 0 ? with_port("::1", options.port) : "";
  int bound = 0;
  std::unique_ptr<grpc::Server> server = listen(*service, first, second, bound);
  if (server == nullptr && !second.empty()) {
    server = listen(*service, first, "", bound);
  }
  if (server == nullptr || bound == 0) {
    return Error{ErrorCode::System,
                 "no server can listen at " + first + ": the address is taken or not of this host"};
  }
  return std::unique_ptr<PartnerServer>(
      new PartnerServer(std::move(service), std::move(server), bound));
}

PartnerServer::PartnerServer(std::unique_ptr<grpc::Service> service,
                             std::unique_ptr<grpc::Server> server, int port)
    : service_(std::move(service)), server_(std::move(server)), port_(port) {}

PartnerServer::~PartnerServer() { stop(); }

void PartnerServer::stop() {
  server_->Shutdown(std::chrono::system_clock::now() + kStopPatience);
  server_->Wait();
}

}  // namespace tendril

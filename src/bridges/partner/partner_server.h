// PartnerServer: serves one side of the partner protocol over gRPC, without encryption, as the
// protocol has it: on loopback unless told otherwise.
// Source: the partner SDK's development guide (ports, message size, both families of addresses).
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "core/result.h"

namespace grpc {
class Server;
class Service;
}  // namespace grpc

namespace tendril {

// What the protocol allows a message to have.
constexpr int kPartnerMessageBytesMax = 128 * 1024 * 1024;
constexpr int kPartnerSourcePort = 50051;
constexpr int kPartnerDestinationPort = 50052;

struct PartnerServerOptions {
  std::string host = {};  // Empty: loopback, IPv4 and, where there is one, IPv6.
  int port = 0;           // 0: one that is free.
};

// Threads: calls are served on threads of its own.
class PartnerServer {
 public:
  // Errors: System when it can not listen, naming where.
  static Result<std::unique_ptr<PartnerServer>> start(std::unique_ptr<grpc::Service> service,
                                                      const PartnerServerOptions& options);
  ~PartnerServer();  // Stops.
  PartnerServer(const PartnerServer&) = delete;
  PartnerServer& operator=(const PartnerServer&) = delete;

  int port() const { return port_; }

  // Takes no more calls and cancels those under way after a moment. Returns when all have ended.
  void stop();

 private:
  PartnerServer(std::unique_ptr<grpc::Service> service, std::unique_ptr<grpc::Server> server,
                int port);

  const std::unique_ptr<grpc::Service> service_;
  const std::unique_ptr<grpc::Server> server_;
  const int port_;
};

}  // namespace tendril

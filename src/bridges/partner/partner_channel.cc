#include "bridges/partner/partner_channel.h"

#include <charconv>
#include <string_view>

#include <grpcpp/channel.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include "bridges/partner/partner_server.h"

namespace tendril {
namespace {

constexpr std::chrono::milliseconds kStopCheck{100};
constexpr int kPortMax = 65'535;

Status check_address(std::string_view address) {
  const std::size_t colon = address.rfind(':');
  const std::string_view port = colon == address.npos ? "" : address.substr(colon + 1);
  int number = 0;
  const auto [end, fault] = std::from_chars(port.data(), port.data() + port.size(), number);
  const bool good = colon != 0 && !port.empty() && fault == std::errc() &&
                    end == port.data() + port.size() && number > 0 && number <= kPortMax &&
                    address.find_first_of("/?#@ ") == address.npos;
  if (!good) {
    return Error{ErrorCode::InvalidConfig,
                 "address of a server is not HOST:PORT: " + std::string(address)};
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<grpc::Channel>> connect_partner(const std::string& address,
                                                       std::stop_token stop,
                                                       std::chrono::milliseconds patience) {
  TRY(check_address(address));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kPartnerMessageBytesMax);
  arguments.SetMaxSendMessageSize(kPartnerMessageBytesMax);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  auto channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  const auto deadline = std::chrono::system_clock::now() + patience;
  while (!channel->WaitForConnected(std::chrono::system_clock::now() + kStopCheck)) {
    if (stop.stop_requested()) {
      return Error{ErrorCode::Cancelled, "stopped while connecting to " + address};
    }
    if (std::chrono::system_clock::now() >= deadline) {
      return Error{ErrorCode::Unavailable, "no server answers at " + address};
    }
  }
  return channel;
}

}  // namespace tendril

#include "telemetry/metrics_server.h"

#include <charconv>
#include <chrono>
#include <exception>
#include <string_view>
#include <thread>
#include <utility>

#include <httplib.h>

#include "telemetry/metrics.h"

namespace tendril {
namespace {

constexpr int kPortMax = 65'535;
constexpr std::size_t kThreads = 2;
constexpr std::size_t kRequestBytesMax = 64 * 1024;

class ListeningServer final : public MetricsServer {
 public:
  explicit ListeningServer(Text text) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    server_.set_payload_max_length(kRequestBytesMax);
    server_.Get("/metrics",
                [text = std::move(text)](const httplib::Request&, httplib::Response& response) {
                  response.set_content(text(), std::string(kMetricsContentType).c_str());
                });
    server_.set_exception_handler([](const httplib::Request&, httplib::Response& response,
                                     std::exception_ptr) { response.status = 500; });
  }

  ~ListeningServer() override { server_.stop(); }

  Status start(const std::string& host, int port) {
    port_ = port == 0 ? server_.bind_to_any_port(host.c_str()) : port;
    const bool is_bound = port == 0 ? port_ > 0 : server_.bind_to_port(host.c_str(), port);
    if (!is_bound) {
      return Error{ErrorCode::System, "metrics can not be served at " + host + ":" +
                                          std::to_string(port) +
                                          ": the address is taken or not of this machine"};
    }
    host_ = host;
    thread_ = std::jthread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) {  // Else stop() would come too early.
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return {};
  }

  std::string url() const override {
    return "http://" + host_ + ":" + std::to_string(port_) + "/metrics";
  }

 private:
  httplib::Server server_;
  std::string host_;
  int port_ = 0;
  std::jthread thread_;  // Last: joined before the server goes.
};

}  // namespace

Result<std::unique_ptr<MetricsServer>> MetricsServer::listen(const std::string& address,
                                                             Text text) {
  const std::size_t colon = address.rfind(':');
  const std::string_view digits =
      colon == std::string::npos ? std::string_view() : std::string_view(address).substr(colon + 1);
  int port = -1;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (colon == 0 || digits.empty() || fault != std::errc() || end != digits.end() || port < 0 ||
      port > kPortMax) {
    return Error{ErrorCode::InvalidConfig, "address is not of the form HOST:PORT: " + address};
  }
  auto server = std::make_unique<ListeningServer>(std::move(text));
  TRY(server->start(address.substr(0, colon), port));
  return server;
}

}  // namespace tendril

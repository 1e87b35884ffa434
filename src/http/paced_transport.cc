#include "http/paced_transport.h"

#include <utility>

namespace tendril {
namespace {

// Breakers are not asked: who renews credentials may hold the permit of a probe, and would wait
// for itself.
class PacedTransport final : public Transport {
 public:
  PacedTransport(Transport& transport, LimiterPool& limiters, std::string account)
      : transport_(transport), limiters_(limiters), account_(std::move(account)) {}

  Result<Response> send(const Request& request, std::stop_token stop) override {
    TRY(wait_turn(request, stop));
    return transport_.send(request, std::move(stop));
  }

  Result<Response> stream(const Request& request, const BodySink& sink,
                          std::stop_token stop) override {
    TRY(wait_turn(request, stop));
    return transport_.stream(request, sink, std::move(stop));
  }

  Result<Response> receive(const Request& request, const HeadSink& head, const BodySink& sink,
                           std::stop_token stop) override {
    TRY(wait_turn(request, stop));
    return transport_.receive(request, head, sink, std::move(stop));
  }

 private:
  Status wait_turn(const Request& request, const std::stop_token& stop) {
    const auto limiter = limiters_.limiter(origin_of(request.url), account_, {});
    if (Status turn = limiter->wait_turn(stop); !turn.ok()) {
      return std::move(turn).error().while_doing("sending " + place_of(request));
    }
    return {};
  }

  Transport& transport_;
  LimiterPool& limiters_;
  const std::string account_;
};

}  // namespace

std::unique_ptr<Transport> paced_transport(Transport& transport, LimiterPool& limiters,
                                           std::string account) {
  return std::make_unique<PacedTransport>(transport, limiters, std::move(account));
}

}  // namespace tendril

// The transport over libcurl: follows redirects and waits on the caller's thread; the
// bytes move on the loop's.
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "http/curl_loop.h"
#include "http/curl_transfer.h"
#include "http/redirect.h"
#include "http/transport.h"

namespace tendril {
namespace {

constexpr int kRedirectsMax = 10;

// Counts the threads inside an object, so that its destructor can wait for the last to leave.
class Visitors {
 public:
  class Visit {
   public:
    explicit Visit(Visitors& visitors) : visitors_(visitors) {
      const std::lock_guard lock(visitors_.mutex_);
      ++visitors_.inside_;
    }
    ~Visit() {
      const std::lock_guard lock(visitors_.mutex_);
      --visitors_.inside_;
      visitors_.left_.notify_all();  // Under the lock: afterwards `visitors_` may be gone.
    }
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;

   private:
    Visitors& visitors_;
  };

  void wait_until_empty() {
    std::unique_lock lock(mutex_);
    left_.wait(lock, [this] { return inside_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable left_;
  int inside_ = 0;  // Guarded by mutex_.
};

class CurlTransport final : public Transport {
 public:
  static Result<std::unique_ptr<Transport>> make(TransportOptions options) {
    std::unique_ptr<CurlTransport> transport(new CurlTransport(std::move(options)));
    transport->loop_ = TRY(CurlLoop::start(transport->options_));
    return transport;
  }

  ~CurlTransport() override {
    if (loop_ != nullptr) {
      loop_->close();
    }
    visitors_.wait_until_empty();
  }

  Result<Response> send(const Request& request, std::stop_token stop) override {
    return exchange(request, nullptr, nullptr, stop);
  }

  Result<Response> stream(const Request& request, const BodySink& sink,
                          std::stop_token stop) override {
    return exchange(request, nullptr, &sink, stop);
  }

  Result<Response> receive(const Request& request, const HeadSink& head, const BodySink& sink,
                           std::stop_token stop) override {
    return exchange(request, &head, &sink, stop);
  }

 private:
  explicit CurlTransport(TransportOptions options) : options_(std::move(options)) {}

  // `head` and `sink` may be null.
  Result<Response> exchange(const Request& request, const HeadSink* head, const BodySink* sink,
                            const std::stop_token& stop) {
    const Visitors::Visit visit(visitors_);
    const auto started = std::chrono::steady_clock::now();
    Hop hop{request.method, url_with_query(request), request.headers, request.body};
    for (int redirects = 0; redirects <= kRedirectsMax; ++redirects) {
      Transfer transfer(hop, options_for(request, hop, started, sink != nullptr));
      Response response = TRY(run(transfer, head, sink, stop));
      if (!request.follow_redirects || !is_redirect(response)) {
        response.url = hop.url;
        response.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(
            std::chrono::steady_clock::now() - started);
        return response;
      }
      hop = TRY(next_hop(hop, response));
    }
    return Error{ErrorCode::Unavailable,
                 place_of(request) + ": more than " + std::to_string(kRedirectsMax) + " redirects"};
  }

  TransferOptions options_for(const Request& request, const Hop& hop, Transfer::Time started,
                              bool streaming) const {
    return {.wire_url = rewritten(hop.url),
            .timeouts = request.timeouts,
            .deadline = started + request.timeouts.total,
            .body_bytes_max = request.body_bytes_max,
            .follow_redirects = request.follow_redirects,
            .streaming = streaming,
            .safe_to_resend = request.safe_to_retry};
  }

  std::string rewritten(const std::string& url) const {
    const std::string origin = origin_of(url);
    for (const auto& [from, to] : options_.origin_rewrites) {
      const bool any = from == "*";
      if (origin.empty() || (!any && origin_of(from) != origin)) {
        continue;
      }
      const std::size_t path_start = url.find_first_of("/?#", url.find("://") + 3);
      std::string base = to.ends_with('/') ? to.substr(0, to.size() - 1) : to;
      if (any) {
        const std::size_t scheme_end = origin.find("://");
        base += "/" + origin.substr(0, scheme_end) + "/" + origin.substr(scheme_end + 3);
      }
      return path_start == std::string::npos ? base : base + url.substr(path_start);
    }
    return url;
  }

  // A transfer in the loop's hands. The destructor takes it back, on whatever path.
  class Flight {
   public:
    Flight(CurlLoop& loop, Transfer& transfer)
        : loop_(loop), transfer_(transfer), number_(loop.submit(transfer)) {}
    ~Flight() {
      if (!transfer_.is_done()) {
        loop_.cancel(number_);
        transfer_.wait({});
      }
    }
    Flight(const Flight&) = delete;
    Flight& operator=(const Flight&) = delete;

    std::uint64_t number() const { return number_; }

   private:
    CurlLoop& loop_;
    Transfer& transfer_;
    const std::uint64_t number_;
  };

  Result<Response> run(Transfer& transfer, const HeadSink* head, const BodySink* sink,
                       const std::stop_token& stop) {
    const Flight flight(*loop_, transfer);
    if (sink != nullptr) {
      TRY(drain(transfer, flight.number(), head, *sink, stop));
    } else if (!transfer.wait(stop)) {
      return Error{ErrorCode::Cancelled, transfer.place() + ": cancelled"};
    }
    return transfer.take_result();
  }

  Status drain(Transfer& transfer, std::uint64_t number, const HeadSink* head, const BodySink& sink,
               const std::stop_token& stop) {
    std::string piece;
    bool announced = head == nullptr;
    for (;;) {
      bool starved = false;
      switch (transfer.next_piece(piece, starved, stop)) {
        case Transfer::Progress::Stopped:
          return Error{ErrorCode::Cancelled, transfer.place() + ": cancelled"};
        case Transfer::Progress::Done: return {};
        case Transfer::Progress::Piece: break;
      }
      if (starved) {
        loop_->resume(number);
      }
      if (!std::exchange(announced, true)) {
        TRY((*head)(transfer.head()));
      }
      TRY(sink(piece));
    }
  }

  const TransportOptions options_;
  std::unique_ptr<CurlLoop> loop_;
  Visitors visitors_;
};

}  // namespace

Result<std::unique_ptr<Transport>> curl_transport(TransportOptions options) {
  return CurlTransport::make(std::move(options));
}

}  // namespace tendril

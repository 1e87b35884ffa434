#include "http/curl_loop.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <curl/curl.h>

#include "core/check.h"
#include "http/curl_handle.h"

namespace tendril {
namespace {

constexpr std::size_t kIdleHandlesMax = 32;
constexpr long kIdleConnectionsMax = 64;
constexpr int kStreamsPerOriginMax = 100;  // HTTP/2: the number that servers allow at least.
constexpr std::chrono::milliseconds kPollMax{60'000};

struct MultiCleanup {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ShareCleanup {
  void operator()(CURLSH* share) const { curl_share_cleanup(share); }
};
using MultiHandle = std::unique_ptr<CURLM, MultiCleanup>;
using ShareHandle = std::unique_ptr<CURLSH, ShareCleanup>;

struct Command {
  enum class Kind { Submit, Cancel, Resume };
  Kind kind;
  std::uint64_t number;
  Transfer* transfer = nullptr;  // Submit only.
};

// The transfers to one origin.
struct Lane {
  int in_flight = 0;
  bool multiplexed = false;
  std::deque<std::uint64_t> waiting;
};

class MultiLoop final : public CurlLoop {
 public:
  MultiLoop(MultiHandle multi, ShareHandle share, const TransportOptions& options)
      : share_(std::move(share)),
        multi_(std::move(multi)),
        options_(options),
        thread_([this](const std::stop_token& stop) { run(stop); }) {}

  ~MultiLoop() override { close(); }

  void close() override {
    thread_.request_stop();
    curl_multi_wakeup(multi_.get());
    if (thread_.joinable()) {
      thread_.join();
    }
  }

  std::uint64_t submit(Transfer& transfer) override {
    const std::uint64_t number = next_number_.fetch_add(1);
    enqueue({Command::Kind::Submit, number, &transfer});
    return number;
  }

  void cancel(std::uint64_t number) override { enqueue({Command::Kind::Cancel, number}); }
  void resume(std::uint64_t number) override { enqueue({Command::Kind::Resume, number}); }

 private:
  struct Active {
    Transfer* transfer;
    std::unique_ptr<CurlHandle> handle;  // Null while it waits for its turn.
  };

  void enqueue(Command command) {
    {
      const std::lock_guard lock(mutex_);
      if (!closed_) {
        commands_.push_back(command);
        command.transfer = nullptr;
      }
    }
    if (command.transfer != nullptr) {
      command.transfer->finish(Error{ErrorCode::Cancelled, "the transport is shut down"});
    }
    curl_multi_wakeup(multi_.get());
  }

  // The thread. Only want of memory throws in it, and then the program cannot go on.
  void run(const std::stop_token& stop) noexcept {
    while (!stop.stop_requested()) {
      obey_commands();
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      collect_finished();
      announce_pieces();
      end_overdue();
      curl_multi_poll(multi_.get(), nullptr, 0, poll_timeout(), nullptr);
    }
    end_all();
  }

  void obey_commands() {
    {
      const std::lock_guard lock(mutex_);
      std::swap(obeyed_, commands_);
    }
    for (const Command& command : obeyed_) {
      switch (command.kind) {
        case Command::Kind::Submit: admit(command.number, *command.transfer); break;
        case Command::Kind::Cancel:
          end(command.number, Error{ErrorCode::Cancelled, "request was cancelled"});
          break;
        case Command::Kind::Resume: unpause(command.number); break;
      }
    }
    obeyed_.clear();
  }

  int allowance(const Lane& lane) const {
    const int connections = std::max(1, options_.connections_per_host_max);
    return lane.multiplexed ? std::max(kStreamsPerOriginMax, connections) : connections;
  }

  void admit(std::uint64_t number, Transfer& transfer) {
    transfers_.emplace(number, Active{&transfer, nullptr});
    lanes_[transfer.origin()].waiting.push_back(number);
    start_waiting(transfer.origin());
  }

  void start_waiting(const std::string& origin) {
    const auto found = lanes_.find(origin);
    CHECK(found != lanes_.end());
    Lane& lane = found->second;
    while (!lane.waiting.empty() && lane.in_flight < allowance(lane)) {
      const std::uint64_t number = lane.waiting.front();
      lane.waiting.pop_front();
      start(number, lane);
    }
    if (lane.in_flight == 0) {
      lanes_.erase(found);
    }
  }

  void start(std::uint64_t number, Lane& lane) {
    const auto found = transfers_.find(number);
    CHECK(found != transfers_.end());
    Active& active = found->second;
    Status status = attach(active);
    if (status.ok()) {
      ++lane.in_flight;
      return;
    }
    Transfer& transfer = *active.transfer;
    transfers_.erase(found);
    transfer.finish(std::move(status).error());
  }

  Status attach(Active& active) {
    active.handle = TRY(fresh_handle(active.transfer->options().streaming));
    TRY(active.handle->aim(*active.transfer));
    if (const CURLMcode code = curl_multi_add_handle(multi_.get(), active.handle->easy());
        code != CURLM_OK) {
      return Error{ErrorCode::Internal,
                   std::string("libcurl refuses a transfer: ") + curl_multi_strerror(code)};
    }
    return {};
  }

  std::vector<std::unique_ptr<CurlHandle>>& idle(bool streaming) {
    return streaming ? idle_streaming_ : idle_;
  }

  Result<std::unique_ptr<CurlHandle>> fresh_handle(bool streaming) {
    auto& pool = idle(streaming);
    if (!pool.empty()) {
      std::unique_ptr<CurlHandle> handle = std::move(pool.back());
      pool.pop_back();
      return handle;
    }
    std::unique_ptr<CurlHandle> handle = TRY(CurlHandle::make(options_, streaming));
    curl_easy_setopt(handle->easy(), CURLOPT_SHARE, share_.get());
    return handle;
  }

  void keep(std::unique_ptr<CurlHandle> handle, bool streaming) {
    handle->release();
    if (idle(streaming).size() < kIdleHandlesMax) {
      idle(streaming).push_back(std::move(handle));
    }
  }

  void unpause(std::uint64_t number) {
    const auto found = transfers_.find(number);
    if (found != transfers_.end() && found->second.handle != nullptr) {
      found->second.transfer->resume();
      // An error shows as the transfer's own when it is performed next.
      curl_easy_pause(found->second.handle->easy(), CURLPAUSE_CONT);
    }
  }

  void collect_finished() {
    int left = 0;
    while (const CURLMsg* const message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) {
        continue;
      }
      const CURLcode code = message->data.result;
      void* owner = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
      const auto found =
          std::find_if(transfers_.begin(), transfers_.end(),
                       [owner](const auto& entry) { return entry.second.transfer == owner; });
      CHECK(found != transfers_.end());
      Transfer& transfer = release(found, code == CURLE_OK);
      transfer.complete(code);
    }
  }

  void end(std::uint64_t number, Error error) {
    const auto found = transfers_.find(number);
    if (found != transfers_.end()) {
      Transfer& transfer = release(found, false);
      transfer.finish(std::move(error));
    }
  }

  // Takes the transfer out of libcurl's hands and lets the next of its lane start. Handles of
  // failed transfers are thrown away, with whatever is left in them.
  Transfer& release(std::unordered_map<std::uint64_t, Active>::iterator found, bool reusable) {
    const std::uint64_t number = found->first;
    Active active = std::move(found->second);
    transfers_.erase(found);
    const std::string& origin = active.transfer->origin();
    Lane& lane = lanes_.at(origin);
    if (active.handle == nullptr) {
      std::erase(lane.waiting, number);
    } else {
      CURL* const easy = active.handle->easy();
      long version = 0;
      curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
      lane.multiplexed = lane.multiplexed || version >= CURL_HTTP_VERSION_2_0;
      --lane.in_flight;
      curl_multi_remove_handle(multi_.get(), easy);
      if (reusable) {
        keep(std::move(active.handle), active.transfer->options().streaming);
      }
    }
    start_waiting(origin);
    return *active.transfer;
  }

  void announce_pieces() {
    for (const auto& [number, active] : transfers_) {
      active.transfer->announce();
    }
  }

  void end_overdue() {
    const auto now = std::chrono::steady_clock::now();
    std::vector<std::pair<std::uint64_t, Error>> overdue;
    for (const auto& [number, active] : transfers_) {
      if (std::optional<Error> error = active.transfer->overdue(now)) {
        overdue.emplace_back(number, *std::move(error));
      }
    }
    for (auto& [number, error] : overdue) {
      end(number, std::move(error));
    }
  }

  int poll_timeout() const {
    const auto now = std::chrono::steady_clock::now();
    auto wait = kPollMax;
    for (const auto& [number, active] : transfers_) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(active.transfer->due() - now);
      wait = std::clamp(left, std::chrono::milliseconds(0), wait);
    }
    return static_cast<int>(wait.count());
  }

  void end_all() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    obey_commands();
    while (!transfers_.empty()) {
      end(transfers_.begin()->first, Error{ErrorCode::Cancelled, "the transport is shut down"});
    }
    idle_.clear();
    idle_streaming_.clear();
  }

  const ShareHandle share_;  // TLS sessions; used by the thread only, so without locks.
  const MultiHandle multi_;
  const TransportOptions& options_;
  std::atomic<std::uint64_t> next_number_{1};

  std::mutex mutex_;
  std::vector<Command> commands_;  // Guarded by mutex_.
  bool closed_ = false;            // Guarded by mutex_.

  // The thread's own.
  std::vector<Command> obeyed_;
  std::unordered_map<std::uint64_t, Active> transfers_;
  std::unordered_map<std::string, Lane> lanes_;  // Those with transfers.
  std::vector<std::unique_ptr<CurlHandle>> idle_;
  std::vector<std::unique_ptr<CurlHandle>> idle_streaming_;

  std::jthread thread_;  // Last: it uses all of the above.
};

}  // namespace

Result<std::unique_ptr<CurlLoop>> CurlLoop::start(const TransportOptions& options) {
  static const CURLcode kGlobal = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (kGlobal != CURLE_OK) {
    return Error{ErrorCode::Internal,
                 std::string("libcurl cannot be set up: ") + curl_easy_strerror(kGlobal)};
  }
  ShareHandle share(curl_share_init());
  MultiHandle multi(curl_multi_init());
  if (share == nullptr || multi == nullptr) {
    return Error{ErrorCode::Internal, "libcurl cannot be set up: out of memory"};
  }
  curl_share_setopt(share.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  curl_multi_setopt(multi.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
  curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, kIdleConnectionsMax);
  return std::make_unique<MultiLoop>(std::move(multi), std::move(share), options);
}

}  // namespace tendril

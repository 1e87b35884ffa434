#include "testing/http_imposter.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/check.h"
#include "testing/imposter_connection.h"

namespace tendril {

std::string ReceivedRequest::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) {
      return value;
    }
  }
  return "";
}

std::string ReceivedRequest::header(std::string_view name) const {
  return std::string(headers.find(name).value_or(""));
}

ScriptedAnswer ScriptedAnswer::raw(std::string bytes) {
  ScriptedAnswer answer(0, std::move(bytes));
  answer.end_ = End::Close;
  return answer;
}

ScriptedAnswer ScriptedAnswer::reset() {
  ScriptedAnswer answer(0);
  answer.end_ = End::Reset;
  return answer;
}

ScriptedAnswer ScriptedAnswer::silence() {
  ScriptedAnswer answer(0);
  answer.end_ = End::Stall;
  return answer;
}

ScriptedAnswer&& ScriptedAnswer::header(std::string name, std::string value) && {
  headers_.add(std::move(name), std::move(value));
  return std::move(*this);
}

ScriptedAnswer&& ScriptedAnswer::after(std::chrono::milliseconds delay) && {
  delay_ = delay;
  return std::move(*this);
}

ScriptedAnswer&& ScriptedAnswer::chunked(std::size_t piece_bytes) && {
  chunked_ = true;
  piece_bytes_ = piece_bytes;
  return std::move(*this);
}

ScriptedAnswer&& ScriptedAnswer::slowly(std::size_t piece_bytes,
                                        std::chrono::milliseconds pause) && {
  piece_bytes_ = piece_bytes;
  pause_ = pause;
  return std::move(*this);
}

ScriptedAnswer&& ScriptedAnswer::cut_after(std::size_t body_bytes) && {
  body_bytes_sent_ = body_bytes;
  end_ = End::Close;
  return std::move(*this);
}

ScriptedAnswer&& ScriptedAnswer::stall_after(std::size_t body_bytes) && {
  body_bytes_sent_ = body_bytes;
  end_ = End::Stall;
  return std::move(*this);
}

ScriptedAnswer&& ScriptedAnswer::reset_after(std::size_t body_bytes) && {
  body_bytes_sent_ = body_bytes;
  end_ = End::Reset;
  return std::move(*this);
}

ScriptedAnswer&& ScriptedAnswer::closing() && {
  end_ = End::Close;
  return std::move(*this);
}

namespace {

bool contains(const ReceivedRequest& request, std::string_view name) {
  return std::any_of(request.query.begin(), request.query.end(),
                     [name](const auto& field) { return field.first == name; });
}

class ScriptedRoute final : public HttpImposter::Route {
 public:
  using Condition = std::function<bool(const ReceivedRequest&)>;

  ScriptedRoute(std::mutex& mutex, std::string method, std::string path)
      : mutex_(mutex), method_(std::move(method)), path_(std::move(path)) {}

  Route& with_query(std::string name, std::string value) override {
    return require([=](const ReceivedRequest& asked) {
      return std::find(asked.query.begin(), asked.query.end(), std::pair(name, value)) !=
             asked.query.end();
    });
  }

  Route& without_query(std::string name) override {
    return require([=](const ReceivedRequest& asked) { return !contains(asked, name); });
  }

  Route& with_header(std::string name, std::string value) override {
    return require([=](const ReceivedRequest& asked) { return asked.header(name) == value; });
  }

  Route& with_body(std::string part) override {
    return require(
        [=](const ReceivedRequest& asked) { return asked.body.find(part) != std::string::npos; });
  }

  Route& answer(ScriptedAnswer answer) override {
    return answers([answer = std::move(answer)](const ReceivedRequest&) { return answer; });
  }

  Route& answers(HttpImposter::Respond respond) override {
    const std::lock_guard lock(mutex_);
    script_.push_back(std::move(respond));
    return *this;
  }

  int count() const override {
    const std::lock_guard lock(mutex_);
    return count_;
  }

  // REQUIRES, for all below: mutex_ is held.
  bool fits(const ReceivedRequest& asked) const {
    const bool same_path = path_.ends_with('*')
                               ? asked.path.starts_with(path_.substr(0, path_.size() - 1))
                               : asked.path == path_;
    return (method_ == "*" || method_ == asked.method) && same_path && !script_.empty() &&
           std::all_of(conditions_.begin(), conditions_.end(),
                       [&](const Condition& condition) { return condition(asked); });
  }

  std::size_t conditions() const {
    return conditions_.size() + (method_ == "*" ? 0U : 1U) + (path_.ends_with('*') ? 0U : 1U);
  }

  HttpImposter::Respond next() {
    const auto at = std::min(static_cast<std::size_t>(count_++), script_.size() - 1);
    return script_[at];
  }

 private:
  Route& require(Condition condition) {
    const std::lock_guard lock(mutex_);
    conditions_.push_back(std::move(condition));
    return *this;
  }

  std::mutex& mutex_;
  const std::string method_;
  const std::string path_;
  std::vector<Condition> conditions_;          // Guarded by mutex_.
  std::vector<HttpImposter::Respond> script_;  // Guarded by mutex_.
  int count_ = 0;                              // Guarded by mutex_.
};

}  // namespace

class HttpImposter::Server {
 public:
  Server() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    stop_signal_ = ::eventfd(0, EFD_CLOEXEC);
    CHECK(listener_ >= 0 && stop_signal_ >= 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    CHECK(::bind(listener_, generic, length) == 0);
    CHECK(::listen(listener_, 128) == 0);
    CHECK(::getsockname(listener_, generic, &length) == 0);
    port_ = ntohs(address.sin_port);
    accepting_ = std::jthread([this] { accept_all(); });
  }

  ~Server() {
    kill();
    ::close(stop_signal_);
  }

  // Idempotent.
  void kill() {
    ::eventfd_write(stop_signal_, 1);
    if (accepting_.joinable()) {
      accepting_.join();
      ::close(listener_);
    }
    connections_.clear();
  }

  Route& when(std::string method, std::string path) {
    const std::lock_guard lock(mutex_);
    return routes_.emplace_back(mutex_, std::move(method), std::move(path));
  }

  int port() const { return port_; }

  std::vector<ReceivedRequest> requests(std::string_view path) const {
    const std::lock_guard lock(mutex_);
    std::vector<ReceivedRequest> found;
    std::copy_if(log_.begin(), log_.end(), std::back_inserter(found),
                 [path](const auto& asked) { return path.empty() || asked.path == path; });
    return found;
  }

  int connections() const {
    const std::lock_guard lock(mutex_);
    return accepted_;
  }

 private:
  void accept_all() {
    for (;;) {
      pollfd watched[] = {{stop_signal_, POLLIN, 0}, {listener_, POLLIN, 0}};
      ::poll(watched, 2, -1);
      if ((watched[0].revents & POLLIN) != 0) {
        return;
      }
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) {
        continue;
      }
      const int on = 1;
      ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      connections_.emplace_back([this, socket, number = next_number()] {
        ImposterConnection connection(socket, stop_signal_, number);
        connection.serve([this](const ReceivedRequest& asked) { return respond(asked); });
      });
    }
  }

  std::uint64_t next_number() {
    const std::lock_guard lock(mutex_);
    return static_cast<std::uint64_t>(++accepted_);
  }

  ScriptedAnswer respond(const ReceivedRequest& asked) {
    const Respond found = find(asked);
    if (found == nullptr) {
      return ScriptedAnswer(501, "no route for " + asked.method + " " + asked.target,
                            {{"Content-Type", "text/plain"}});
    }
    return found(asked);  // Without the lock: it may take its time, and ask the imposter.
  }

  Respond find(const ReceivedRequest& asked) {
    const std::lock_guard lock(mutex_);
    log_.push_back(asked);
    ScriptedRoute* best = nullptr;
    for (ScriptedRoute& route : routes_) {
      if (route.fits(asked) && (best == nullptr || route.conditions() >= best->conditions())) {
        best = &route;
      }
    }
    return best == nullptr ? nullptr : best->next();
  }

  int listener_ = -1;
  int stop_signal_ = -1;
  int port_ = 0;

  mutable std::mutex mutex_;
  std::deque<ScriptedRoute> routes_;  // Guarded by mutex_. A deque: routes stay where they are.
  std::vector<ReceivedRequest> log_;  // Guarded by mutex_.
  int accepted_ = 0;                  // Guarded by mutex_.

  std::vector<std::jthread> connections_;  // The accepting thread's, until that is joined.
  std::jthread accepting_;
};

HttpImposter::HttpImposter() : server_(std::make_unique<Server>()) {}
HttpImposter::~HttpImposter() = default;

HttpImposter::Route& HttpImposter::when(std::string method, std::string path) {
  return server_->when(std::move(method), std::move(path));
}

int HttpImposter::port() const { return server_->port(); }

std::string HttpImposter::origin() const { return "http://127.0.0.1:" + std::to_string(port()); }

std::string HttpImposter::url(std::string_view path) const { return origin().append(path); }

std::vector<ReceivedRequest> HttpImposter::requests(std::string_view path) const {
  return server_->requests(path);
}

int HttpImposter::count(std::string_view path) const {
  return static_cast<int>(requests(path).size());
}

int HttpImposter::connections() const { return server_->connections(); }

void HttpImposter::kill() { server_->kill(); }

}  // namespace tendril

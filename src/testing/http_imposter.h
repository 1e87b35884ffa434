// HttpImposter: a server on 127.0.0.1 that plays somebody else's API from a script: real sockets,
// a free port, answers by route, faults of every kind, and a log of what was asked.
//
//   HttpImposter imposter;
//   imposter.when("GET", "/items").answer(200, R"([{"id":1}])");
//   imposter.when("GET", "/items").with_query("page", "2").answer(503).then(200, "[]");
//   imposter.when("POST", "/echo").answers([](const ReceivedRequest& asked) {
//     return ScriptedAnswer(200, asked.body);
//   });
//   ... imposter.url("/items") ... EXPECT_EQ(imposter.count("/items"), 2);
//
// Of the routes that fit a request, the one with the most conditions answers; among equals the
// latest. What fits none gets 501 and a line that says so.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"

namespace tendril {

// One request as it came in.
struct ReceivedRequest {
  std::string method;
  std::string path;                                        // Decoded, without the query.
  std::string target;                                      // As sent: path and query.
  std::vector<std::pair<std::string, std::string>> query;  // Decoded, in order.
  Headers headers;
  std::string body;
  std::uint64_t connection = 0;  // Counted from 1; the same for requests that shared one.

  // Returns the first value of that name, or "".
  std::string parameter(std::string_view name) const;
  std::string header(std::string_view name) const;
};

// One answer, with whatever goes wrong while it is given.
class ScriptedAnswer {
 public:
  // Of type application/json unless `headers` say otherwise.
  explicit ScriptedAnswer(int status, std::string body = "", Headers headers = {})
      : status_(status), body_(std::move(body)), headers_(std::move(headers)) {}

  // Exactly these bytes, status line and all; then the connection ends.
  static ScriptedAnswer raw(std::string bytes);
  // No answer, but a reset connection (RST).
  static ScriptedAnswer reset();
  // No answer, and an open connection until the imposter goes.
  static ScriptedAnswer silence();

  ScriptedAnswer&& header(std::string name, std::string value) &&;
  // Waits before the first byte.
  ScriptedAnswer&& after(std::chrono::milliseconds delay) &&;
  // Sends the body in pieces of that size with Transfer-Encoding: chunked.
  ScriptedAnswer&& chunked(std::size_t piece_bytes) &&;
  // Sends the body in pieces of that size, waiting `pause` between two.
  ScriptedAnswer&& slowly(std::size_t piece_bytes, std::chrono::milliseconds pause) &&;
  // Closes the connection after that many bytes of the body, though more were promised.
  ScriptedAnswer&& cut_after(std::size_t body_bytes) &&;
  // As cut_after(), but falls silent instead.
  ScriptedAnswer&& stall_after(std::size_t body_bytes) &&;
  // As cut_after(), but with RST.
  ScriptedAnswer&& reset_after(std::size_t body_bytes) &&;
  // Says Connection: close, and does.
  ScriptedAnswer&& closing() &&;

 private:
  friend class ImposterConnection;
  enum class End { Keep, Close, Reset, Stall };

  int status_;  // 0: the body is the raw answer.
  std::string body_;
  Headers headers_;
  bool chunked_ = false;
  std::size_t piece_bytes_ = 0;  // 0: all at once.
  std::chrono::milliseconds delay_{0};
  std::chrono::milliseconds pause_{0};
  std::optional<std::size_t> body_bytes_sent_;
  End end_ = End::Keep;
};

// Threads: safe to share.
class HttpImposter {
 public:
  using Respond = std::function<ScriptedAnswer(const ReceivedRequest&)>;

  // What is answered when. Belongs to the imposter.
  class Route {
   public:
    virtual ~Route() = default;

    // Conditions.
    virtual Route& with_query(std::string name, std::string value) = 0;
    virtual Route& without_query(std::string name) = 0;
    virtual Route& with_header(std::string name, std::string value) = 0;
    virtual Route& with_body(std::string part) = 0;  // Contains `part`.

    // Answers, in the order in which they are given; the last one again and again.
    virtual Route& answer(ScriptedAnswer answer) = 0;
    virtual Route& answers(Respond respond) = 0;
    Route& answer(int status, std::string body = "", Headers headers = {}) {
      return answer(ScriptedAnswer(status, std::move(body), std::move(headers)));
    }
    Route& then(ScriptedAnswer next) { return answer(std::move(next)); }
    Route& then(int status, std::string body = "", Headers headers = {}) {
      return answer(status, std::move(body), std::move(headers));
    }

    // How many requests it has answered.
    virtual int count() const = 0;
  };

  HttpImposter();
  ~HttpImposter();  // Ends all connections.
  HttpImposter(const HttpImposter&) = delete;
  HttpImposter& operator=(const HttpImposter&) = delete;

  // `method` "*" fits all; a `path` that ends in "*" fits all that start so.
  Route& when(std::string method, std::string path);

  int port() const;
  std::string origin() const;  // "http://127.0.0.1:PORT"
  std::string url(std::string_view path) const;

  // What was asked so far, in order; of one path only if told so.
  std::vector<ReceivedRequest> requests(std::string_view path = "") const;
  int count(std::string_view path = "") const;
  int connections() const;

  // Resets all connections and refuses new ones, as a killed server does.
  void kill();

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace tendril

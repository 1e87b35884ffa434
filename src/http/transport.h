// Transport: sends one request and returns one response; no retries, no credentials.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "http/message.h"

namespace tendril {

// Threads: safe to share; calls from many threads share connections.
class Transport {
 public:
  // Takes a piece of the body, in order. An error ends the exchange.
  using BodySink = std::function<Status(std::string_view bytes)>;

  virtual ~Transport() = default;

  // Returns any answer of the server, whatever its status.
  // Errors: Unavailable for connection, TLS, time-out and protocol failures (the message names
  //   the origin, never the query); BadData when the body passes body_bytes_max;
  //   InvalidConfig for a malformed URL; Cancelled.
  virtual Result<Response> send(const Request& request, std::stop_token stop) = 0;

  // The same, but gives the body to `sink` on the calling thread piece by piece, in bounded
  // memory: the server waits while the sink works. Response::body stays empty.
  virtual Result<Response> stream(const Request& request, const BodySink& sink,
                                  std::stop_token stop) = 0;

  // As stream(), but `head` sees status and headers of the last hop before the first byte of the
  // body comes. A body without bytes is not announced. By default the body comes in one piece.
  using HeadSink = std::function<Status(const Response& head)>;
  virtual Result<Response> receive(const Request& request, const HeadSink& head,
                                   const BodySink& sink, std::stop_token stop);
};

struct TransportOptions {
  std::string user_agent = "tendril/0.1.0";
  std::string proxy = {};      // Empty: from the environment, as curl reads it.
  std::string ca_bundle = {};  // Empty: the system's.
  int connections_per_host_max = 8;
  // Sends requests for one origin ("https://api.example.com") to another, for tests and
  // sandboxes. The path stays.
  std::vector<std::pair<std::string, std::string>> origin_rewrites = {};
};

// libcurl's multi interface on one thread of its own: keep-alive, HTTP/2, gzip, br, zstd, proxies.
// Errors: Internal when libcurl can not be set up.
Result<std::unique_ptr<Transport>> curl_transport(TransportOptions options);

}  // namespace tendril

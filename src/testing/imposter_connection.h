// ImposterConnection: one connection to an HttpImposter: reads requests, plays answers. Waits for
// the network and for time in one place, so that a stop ends it at once.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "testing/http_imposter.h"

namespace tendril {

// Threads: one at a time.
class ImposterConnection {
 public:
  // Takes over `socket`; readable `stop_signal` means stop.
  ImposterConnection(int socket, int stop_signal, std::uint64_t number);
  ~ImposterConnection();
  ImposterConnection(const ImposterConnection&) = delete;
  ImposterConnection& operator=(const ImposterConnection&) = delete;

  // Answers requests until either side ends the connection.
  void serve(const HttpImposter::Respond& respond);

 private:
  enum class Wake { Ready, TimedOut, Stopped };

  Wake wait_for(short events, std::optional<std::chrono::milliseconds> timeout);
  bool pause(std::chrono::milliseconds duration);
  bool receive_more();
  bool send_all(std::string_view bytes);
  std::optional<ReceivedRequest> read_request();
  bool read_body(ReceivedRequest& request);
  bool read_chunks(std::string& body);
  bool take_line(std::string& line);
  bool take_bytes(std::size_t count, std::string& bytes);
  bool play(const ScriptedAnswer& answer, std::string_view method);
  bool play_body(const ScriptedAnswer& answer);
  void reset_on_close() const;

  const int socket_;
  const int stop_signal_;
  const std::uint64_t number_;
  std::string unread_;
};

}  // namespace tendril

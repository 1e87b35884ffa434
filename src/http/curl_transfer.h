// Transfer: one hop under way, seen from two threads. The caller waits for its end, or takes its
// body piece by piece; the loop's thread drives libcurl, which calls back into it.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/result.h"
#include "http/message.h"
#include "http/redirect.h"

namespace tendril {

struct TransferOptions {
  std::string wire_url;  // After origin rewrites.
  Timeouts timeouts = {};
  std::chrono::steady_clock::time_point deadline;  // Of the whole exchange, redirects included.
  std::size_t body_bytes_max = 0;
  bool follow_redirects = true;  // Then the body of a redirecting answer is thrown away.
  bool streaming = false;        // Pieces for next_piece() instead of Response::body.
  bool safe_to_resend = true;    // libcurl may send again when a kept connection turns out dead.
};

class Transfer {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // What next_piece() found.
  enum class Progress { Piece, Done, Stopped };

  // `hop` must outlive the transfer.
  Transfer(const Hop& hop, TransferOptions options);
  ~Transfer() = default;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  // --- On the caller's thread.

  // What messages call it.
  std::string place() const { return place_of(hop_.method, hop_.url); }

  bool is_done();

  // Waits until finish(). Returns false when `stop` is requested before.
  bool wait(std::stop_token stop);

  // Waits for bytes of the body and moves all that are there into `piece`, whose memory is used
  // again. Sets `starved` when the loop has paused and needs a resume().
  Progress next_piece(std::string& piece, bool& starved, std::stop_token stop);

  // Status, headers and URL, without the body. REQUIRES: next_piece() has brought one.
  Response head();

  // REQUIRES: finish() was called, and wait() or next_piece() have said so.
  Result<Response> take_result();

  // --- On the loop's thread.

  const std::string& origin() const { return origin_; }

  const Hop& hop() const { return hop_; }
  const TransferOptions& options() const { return options_; }
  char* error_text() { return error_text_.data(); }  // For libcurl to write to.

  // Turns libcurl's verdict (a CURLcode) into the result.
  void complete(int curl_code);

  // Ends the transfer; the caller may destroy it at once.
  void finish(std::optional<Error> error);

  // Returns why the transfer has taken too long, if it has.
  std::optional<Error> overdue(Time now) const;
  Time due() const;

  // Wakes the caller if there are new pieces; called once for many, for a wake-up costs more than
  // the copy of a piece.
  void announce();

  // After the caller has taken what was there.
  void resume();

  // --- Called by libcurl, on the loop's thread.

  bool take_header(std::string_view line);
  // Returns the bytes taken: all, none for an error, or kPause.
  std::size_t take_body(std::string_view bytes);
  void connected();
  void saw_bytes(std::int64_t total);

  static constexpr std::size_t kPause = static_cast<std::size_t>(-1);

 private:
  void end_of_headers();
  std::size_t collect(std::string_view bytes);
  std::size_t hand_over(std::string_view bytes);
  Error failure(int curl_code) const;
  std::size_t refuse(Error error);

  const Hop& hop_;
  const TransferOptions options_;
  const std::string origin_;

  // The loop's thread only, until finish().
  Response response_;
  std::array<char, 256> error_text_{};  // CURL_ERROR_SIZE
  std::optional<Error> refused_;        // Why a callback ended the transfer.
  std::size_t body_bytes_ = 0;
  std::int64_t bytes_seen_ = 0;
  bool headers_ended_ = false;
  bool discard_body_ = false;
  bool connected_ = false;
  bool paused_ = false;
  bool unannounced_ = false;
  Time last_byte_at_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::string pieces_;          // Guarded by mutex_. At most kWindowBytes and one callback's worth.
  Response head_;               // Guarded by mutex_. Of a stream, once its first byte came.
  bool starved_ = false;        // Guarded by mutex_.
  bool done_ = false;           // Guarded by mutex_.
  std::optional<Error> error_;  // Guarded by mutex_.
};

}  // namespace tendril

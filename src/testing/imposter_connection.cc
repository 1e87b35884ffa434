#include "testing/imposter_connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/encoding.h"

namespace tendril {
namespace {

constexpr std::size_t kReadBytes = std::size_t{64} * 1024;

// Cuts `text` at the first `mark`; both parts, the second "" when there is no mark.
std::pair<std::string_view, std::string_view> cut(std::string_view text, char mark) {
  const std::size_t at = text.find(mark);
  return at == std::string_view::npos ? std::pair(text, std::string_view())
                                      : std::pair(text.substr(0, at), text.substr(at + 1));
}

std::string_view without_space(std::string_view text) {
  while (text.starts_with(' ')) {
    text.remove_prefix(1);
  }
  while (text.ends_with(' ') || text.ends_with('\r')) {
    text.remove_suffix(1);
  }
  return text;
}

void split_target(ReceivedRequest& request) {
  auto [path, query] = cut(request.target, '?');
  request.path = url_decode(path);
  while (!query.empty()) {
    const auto [field, rest] = cut(query, '&');
    const auto [name, value] = cut(field, '=');
    request.query.emplace_back(url_decode(name, true), url_decode(value, true));
    query = rest;
  }
}

std::string hexadecimal(std::size_t number) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  return std::string(digits.data(), end);
}

}  // namespace

ImposterConnection::ImposterConnection(int socket, int stop_signal, std::uint64_t number)
    : socket_(socket), stop_signal_(stop_signal), number_(number) {}

ImposterConnection::~ImposterConnection() { ::close(socket_); }

void ImposterConnection::serve(const HttpImposter::Respond& respond) {
  while (const std::optional<ReceivedRequest> request = read_request()) {
    if (!play(respond(*request), request->method)) {
      return;
    }
  }
}

ImposterConnection::Wake ImposterConnection::wait_for(
    short events, std::optional<std::chrono::milliseconds> timeout) {
  std::array<pollfd, 2> watched{pollfd{stop_signal_, POLLIN, 0}, pollfd{socket_, events, 0}};
  const nfds_t count = events == 0 ? 1 : 2;
  const int limit = timeout ? static_cast<int>(timeout->count()) : -1;
  int ready = ::poll(watched.data(), count, limit);
  while (ready < 0 && errno == EINTR) {
    ready = ::poll(watched.data(), count, limit);
  }
  if ((watched[0].revents & POLLIN) != 0) {
    reset_on_close();
    return Wake::Stopped;
  }
  return ready == 0 ? Wake::TimedOut : Wake::Ready;
}

bool ImposterConnection::pause(std::chrono::milliseconds duration) {
  return duration.count() <= 0 || wait_for(0, duration) == Wake::TimedOut;
}

bool ImposterConnection::receive_more() {
  if (wait_for(POLLIN, std::nullopt) != Wake::Ready) {
    return false;
  }
  std::array<char, kReadBytes> bytes;
  const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (count <= 0) {
    return count < 0 && (errno == EAGAIN || errno == EINTR);
  }
  unread_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

bool ImposterConnection::send_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR &&
               (errno != EAGAIN || wait_for(POLLOUT, std::nullopt) != Wake::Ready)) {
      return false;
    }
  }
  return true;
}

bool ImposterConnection::take_line(std::string& line) {
  std::size_t end = unread_.find('\n');
  while (end == std::string::npos) {
    if (!receive_more()) {
      return false;
    }
    end = unread_.find('\n');
  }
  line = without_space(std::string_view(unread_).substr(0, end));
  unread_.erase(0, end + 1);
  return true;
}

bool ImposterConnection::take_bytes(std::size_t count, std::string& bytes) {
  while (unread_.size() < count) {
    if (!receive_more()) {
      return false;
    }
  }
  bytes.append(unread_, 0, count);
  unread_.erase(0, count);
  return true;
}

std::optional<ReceivedRequest> ImposterConnection::read_request() {
  ReceivedRequest request;
  request.connection = number_;
  std::string line;
  if (!take_line(line)) {
    return std::nullopt;
  }
  const auto [method, rest] = cut(line, ' ');
  request.method = method;
  request.target = cut(rest, ' ').first;
  split_target(request);
  for (;;) {
    if (!take_line(line)) {
      return std::nullopt;
    }
    if (line.empty()) {
      break;
    }
    const auto [name, value] = cut(line, ':');
    request.headers.add(std::string(name), std::string(without_space(value)));
  }
  if (!read_body(request)) {
    return std::nullopt;
  }
  return request;
}

bool ImposterConnection::read_body(ReceivedRequest& request) {
  if (request.headers.find("Expect") && !send_all("HTTP/1.1 100 Continue\r\n\r\n")) {
    return false;
  }
  if (request.headers.find("Transfer-Encoding")) {
    return read_chunks(request.body);
  }
  const std::string length = request.header("Content-Length");
  std::size_t bytes = 0;
  std::from_chars(length.data(), length.data() + length.size(), bytes);
  return take_bytes(bytes, request.body);
}

bool ImposterConnection::read_chunks(std::string& body) {
  std::string line;
  std::size_t bytes = 1;
  while (bytes != 0) {
    if (!take_line(line)) {
      return false;
    }
    bytes = 0;
    std::from_chars(line.data(), line.data() + line.size(), bytes, 16);
    if (!take_bytes(bytes, body) || !take_line(line)) {
      return false;
    }
  }
  return true;
}

bool ImposterConnection::play(const ScriptedAnswer& answer, std::string_view method) {
  using End = ScriptedAnswer::End;
  if (!pause(answer.delay_)) {
    return false;
  }
  const bool is_raw = answer.status_ == 0;
  if (!is_raw) {
    std::string head = "HTTP/1.1 " + std::to_string(answer.status_) + " Scripted\r\n";
    for (const auto& [name, value] : answer.headers_.fields()) {
      head.append(name).append(": ").append(value).append("\r\n");
    }
    if (!answer.headers_.find("Content-Type") && !answer.body_.empty()) {
      head += "Content-Type: application/json\r\n";
    }
    head += answer.chunked_ ? "Transfer-Encoding: chunked\r\n"
                            : "Content-Length: " + std::to_string(answer.body_.size()) + "\r\n";
    head += answer.end_ == End::Close && !answer.body_bytes_sent_ ? "Connection: close\r\n\r\n"
                                                                  : "\r\n";
    if (!send_all(head)) {
      return false;
    }
  }
  if (method != "HEAD" && !play_body(answer)) {
    return false;
  }
  switch (answer.end_) {
    case End::Keep: return true;
    case End::Close: return false;
    case End::Reset: reset_on_close(); return false;
    case End::Stall: wait_for(0, std::nullopt); return false;
  }
  return false;
}

bool ImposterConnection::play_body(const ScriptedAnswer& answer) {
  const std::string_view all = answer.body_;
  const std::string_view body = all.substr(0, answer.body_bytes_sent_.value_or(all.size()));
  const std::size_t piece_bytes =
      answer.piece_bytes_ == 0 ? std::max<std::size_t>(body.size(), 1) : answer.piece_bytes_;
  for (std::size_t at = 0; at < body.size(); at += piece_bytes) {
    const std::string_view piece = body.substr(at, piece_bytes);
    const bool sent = (!answer.chunked_ || send_all(hexadecimal(piece.size()) + "\r\n")) &&
                      send_all(piece) && (!answer.chunked_ || send_all("\r\n"));
    if (!sent || (at + piece.size() < body.size() && !pause(answer.pause_))) {
      return false;
    }
  }
  const bool is_whole = body.size() == all.size();
  return !answer.chunked_ || !is_whole || send_all("0\r\n\r\n");
}

void ImposterConnection::reset_on_close() const {
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace tendril

// ResponseCache: answers that several streams of a run ask for, such as the records of a parent:
// each is fetched once, even when many threads want it at the same time.
// Source: manifest field "HttpRequester.use_cache".
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>

#include "core/result.h"
#include "http/client.h"

namespace tendril {

// Threads: safe to share.
class ResponseCache {
 public:
  // Of all bodies together; what was asked for longest ago goes first.
  static constexpr std::size_t kBytesMax = std::size_t{64} * 1024 * 1024;

  using Fetch = std::function<Result<Client::Answer>()>;

  explicit ResponseCache(std::size_t bytes_max = kBytesMax) : bytes_max_(bytes_max) {}

  // Returns the kept answer, or that of `fetch`, which is then kept if its status is 200 and nobody
  // said to ignore it. Who asks for what another thread is fetching waits for it.
  // Errors: those of `fetch`; Cancelled when `stop` is requested while waiting.
  Result<Client::Answer> get(const std::string& key, const Fetch& fetch, std::stop_token stop);

  // Forgets everything.
  void clear();

 private:
  struct Entry {
    std::shared_ptr<const Response> response;
    std::list<std::string>::iterator use;  // In uses_.
  };

  void keep(const std::string& key, const Response& response);

  const std::size_t bytes_max_;
  std::mutex mutex_;
  std::condition_variable_any fetched_;
  std::map<std::string, Entry> entries_;  // Guarded by mutex_, as are all below.
  std::list<std::string> uses_;           // Keys, the latest use first.
  std::set<std::string> fetching_;
  std::size_t bytes_ = 0;
};

// What tells requests of one client apart.
std::string cache_key(const Client& client, const Request& request);

}  // namespace tendril

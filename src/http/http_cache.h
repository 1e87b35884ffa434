// HttpCache: answers kept on disk from one run to the next, so that pages which have not changed
// cost the vendor next to nothing. It never answers by itself: the server is asked each time
// whether what is kept still holds, and only its "not modified" brings the kept body back.
// Source: RFC 9110 sections 8.8 and 13, RFC 9111 sections 3, 4.1 and 4.3. Freshness lifetimes are
// left out on purpose: an answer that nobody asked for could miss rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/result.h"
#include "http/message.h"

namespace tendril {

struct HttpCacheOptions {
  std::filesystem::path folder;  // Made when there is none; for nobody but the user.
  std::size_t bytes_max = std::size_t{1} << 30U;       // Of all files.
  std::size_t body_bytes_max = std::size_t{8} << 20U;  // Of one answer; larger ones are not kept.
};

// An answer that is kept, with its validators.
struct KeptResponse {
  std::string etag = {};  // "" where there is none, as the next.
  std::string last_modified = {};
  Headers headers = {};
  std::string body = {};
};

// Threads: safe to share. Processes may share a folder, too: files appear whole or not at all.
class HttpCache {
 public:
  // Errors: System when the folder can not be made or read.
  static Result<std::unique_ptr<HttpCache>> open(HttpCacheOptions options);

  // True for a request whose answer may be kept: a GET without a body, and without conditions of
  // its own.
  static bool is_for(const Request& request);

  // Returns what is kept for this request of this account. `request` is without credentials; a
  // file that is damaged counts as none.
  // REQUIRES: is_for(request).
  std::optional<KeptResponse> find(const Request& request, const std::string& account);

  // Keeps an answer if it may be kept: status 200 from the very URL, with a strong-enough
  // validator, not larger than it should be, and without a no-store. Returns whether it was.
  // A disk that is full costs the entry, not the sync.
  bool keep(const Request& request, const std::string& account, const Response& response);

  std::size_t bytes() const;

 private:
  struct Entry {
    std::size_t bytes = 0;
    std::list<std::string>::iterator use;  // In uses_.
  };

  explicit HttpCache(HttpCacheOptions options) : options_(std::move(options)) {}
  Status scan();
  std::filesystem::path file_of(const std::string& key) const;
  void note_use(const std::string& key, std::size_t bytes);
  void forget(const std::string& key);
  void make_room();

  const HttpCacheOptions options_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;  // Guarded by mutex_, as are all below.
  std::list<std::string> uses_;           // Keys, the latest use first.
  std::size_t bytes_ = 0;
};

// Makes `request` ask whether `kept` still holds.
void ask_whether_modified(const KeptResponse& kept, Request& request);

// What a "not modified" stands for: the kept answer with the headers of the new one over it.
// Source: RFC 9111 section 4.3.4.
Response revived(KeptResponse kept, Response not_modified);

}  // namespace tendril

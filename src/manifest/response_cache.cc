#include "manifest/response_cache.h"

#include <cstdint>
#include <utility>

namespace tendril {
namespace {

constexpr std::size_t kOverheadBytes = 1024;  // Of an entry, beside its body.

std::size_t size_of(const Response& response) { return response.body.size() + kOverheadBytes; }

}  // namespace

std::string cache_key(const Client& client, const Request& request) {
  std::string key = std::to_string(reinterpret_cast<std::uintptr_t>(&client));
  key += ' ' + request.method + ' ' + url_with_query(request) + '\n';
  for (const auto& [name, value] : request.headers.fields()) {
    key += name + ": " + value + '\n';
  }
  return key + '\n' + request.body;
}

Result<Client::Answer> ResponseCache::get(const std::string& key, const Fetch& fetch,
                                          std::stop_token stop) {
  {
    std::unique_lock lock(mutex_);
    const bool is_free = fetched_.wait(lock, stop, [&] { return !fetching_.contains(key); });
    if (!is_free) {
      return Error{ErrorCode::Cancelled, "stopped while another request was under way"};
    }
    if (const auto found = entries_.find(key); found != entries_.end()) {
      uses_.splice(uses_.begin(), uses_, found->second.use);
      const std::shared_ptr<const Response> response = found->second.response;
      lock.unlock();
      return Client::Answer{*response, false};
    }
    fetching_.insert(key);
  }
  Result<Client::Answer> answer = fetch();
  {
    const std::lock_guard lock(mutex_);
    fetching_.erase(key);
    if (answer.ok() && !answer->ignored && answer->response.status == 200) {
      keep(key, answer->response);
    }
  }
  fetched_.notify_all();
  return answer;
}

void ResponseCache::keep(const std::string& key, const Response& response) {
  if (size_of(response) > bytes_max_ / 4) {
    return;  // It would drive out too many others.
  }
  uses_.push_front(key);
  entries_[key] = {std::make_shared<const Response>(response), uses_.begin()};
  bytes_ += size_of(response);
  while (bytes_ > bytes_max_) {
    const auto oldest = entries_.find(uses_.back());
    bytes_ -= size_of(*oldest->second.response);
    entries_.erase(oldest);
    uses_.pop_back();
  }
}

void ResponseCache::clear() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
  uses_.clear();
  bytes_ = 0;
}

}  // namespace tendril

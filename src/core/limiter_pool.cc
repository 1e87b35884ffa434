#include "core/limiter_pool.h"

namespace tendril {
namespace {

template <class Kept>
void forget_unused(Kept& kept, std::size_t size_max) {
  if (kept.size() > size_max) {
    std::erase_if(kept, [](const auto& entry) { return entry.second.use_count() == 1; });
  }
}

}  // namespace

std::shared_ptr<Limiter> LimiterPool::limiter(const std::string& server, const std::string& account,
                                              const LimiterOptions& options) {
  const std::lock_guard lock(mutex_);
  const auto [place, is_new] = limiters_.try_emplace({server, account});
  if (is_new) {
    place->second = std::make_shared<Limiter>(options, clock_);
  } else {
    place->second->tighten(options);
  }
  std::shared_ptr<Limiter> found = place->second;
  forget_unused(limiters_, kKeptMax);
  return found;
}

std::shared_ptr<CircuitBreaker> LimiterPool::breaker(const std::string& server) {
  const std::lock_guard lock(mutex_);
  const auto [place, is_new] = breakers_.try_emplace(server);
  if (is_new) {
    place->second = std::make_shared<CircuitBreaker>(server, breaker_options_, clock_);
  }
  std::shared_ptr<CircuitBreaker> found = place->second;
  forget_unused(breakers_, kKeptMax);
  return found;
}

}  // namespace tendril

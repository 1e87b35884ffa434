// OAuth 2.0 access tokens: fetched, saved, renewed in time, by one thread at a time.
#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "http/authenticator.h"
#include "http/token_request.h"

namespace tendril {
namespace {

using std::chrono::microseconds;

constexpr std::chrono::seconds kExpiryMargin{60};

// When to renew a token: a minute early, but not before half its life.
std::optional<Clock::Wall> renewal_time(std::optional<Clock::Wall> expires_at, Clock::Wall now) {
  if (!expires_at) {
    return std::nullopt;
  }
  const microseconds life = std::max(*expires_at - now, microseconds(0));
  return *expires_at - std::min<microseconds>(kExpiryMargin, life / 2);
}

class OAuth final : public Authenticator {
 public:
  OAuth(OAuthOptions options, Transport& transport, Clock& clock, Redactor& redactor,
        TokenSaver save)
      : options_(std::move(options)),
        transport_(transport),
        clock_(clock),
        redactor_(redactor),
        save_(std::move(save)) {
    for (const Secret* const secret :
         {&options_.client_secret, &options_.refresh_token, &options_.access_token}) {
      redactor_.add(*secret);
    }
    current_.tokens = {options_.access_token, options_.expires_at, options_.refresh_token};
    if (options_.expires_at) {
      current_.renew_at = *options_.expires_at - kExpiryMargin;
    }
  }

  Status authorize(Request& request, std::stop_token stop) override {
    const Secret token = TRY(good_token(nullptr, stop));
    request.headers.set(options_.header_name, options_.header_prefix + token.reveal());
    return {};
  }

  Result<bool> renew_after_refusal(const Request& refused, std::stop_token stop) override {
    const auto sent = refused.headers.find(options_.header_name);
    const std::string refused_value(sent.value_or(""));
    TRY(good_token(&refused_value, stop));
    return true;
  }

  std::string redact(std::string text) const override { return redactor_.redact(text); }

 private:
  struct Held {
    OAuthTokens tokens;
    std::optional<Clock::Wall> renew_at = std::nullopt;
  };

  // A renewal under way, and what those who wait for it are told.
  struct Flight {
    bool landed = false;
    std::optional<Error> error = std::nullopt;
  };

  bool is_good(const std::string* refused_value) const {
    const std::string& token = current_.tokens.access_token.reveal();
    if (token.empty() || unsaved_) {
      return false;
    }
    if (refused_value != nullptr && *refused_value == options_.header_prefix + token) {
      return false;
    }
    return !current_.renew_at || clock_.now() < *current_.renew_at;
  }

  // Returns a token that is neither about to expire nor the refused one. The first thread that
  // finds none renews it; the others wait and share the outcome.
  Result<Secret> good_token(const std::string* refused_value, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    bool renewed = false;
    while (!renewed && !is_good(refused_value)) {
      if (stop.stop_requested()) {
        return cancelled();
      }
      if (flight_ == nullptr) {
        TRY(renew(lock, stop));
        renewed = true;
      } else {
        renewed = TRY(await(lock, flight_, stop));
      }
    }
    return current_.tokens.access_token;
  }

  // Returns false when the renewing thread was told to stop and so leaves the work to the next.
  Result<bool> await(std::unique_lock<std::mutex>& lock, const std::shared_ptr<const Flight> flight,
                     const std::stop_token& stop) {
    if (!landed_.wait(lock, stop, [&] { return flight->landed; })) {
      return cancelled();
    }
    if (flight->error && flight->error->code != ErrorCode::Cancelled) {
      return *flight->error;
    }
    return !flight->error;
  }

  // Fetches and saves, without the lock, and keeps the result. Tokens that could not be saved
  // are not fetched anew, for the old refresh token may be void by then, but saved at last.
  Status renew(std::unique_lock<std::mutex>& lock, const std::stop_token& stop) {
    const auto flight = std::make_shared<Flight>();  // Owned by this thread and those that wait.
    flight_ = flight;
    Held held = unsaved_.value_or(current_);
    bool fetched = unsaved_.has_value();
    lock.unlock();
    Status status;
    if (!fetched) {
      status = fetch(held, stop);
      fetched = status.ok();
    }
    if (fetched && save_) {
      status = save_(held.tokens);
    }
    lock.lock();
    if (status.ok()) {
      current_ = std::move(held);
      unsaved_.reset();
    } else {
      flight->error = status.error();
      unsaved_ = fetched ? std::optional(std::move(held)) : std::nullopt;
    }
    flight->landed = true;
    flight_.reset();
    landed_.notify_all();
    return status;
  }

  Status fetch(Held& held, const std::stop_token& stop) {
    Result<OAuthTokens> answered =
        request_tokens(options_, held.tokens.refresh_token, transport_, clock_, stop);
    if (!answered.ok()) {
      Error error = std::move(answered).error();
      error.message = redactor_.redact(error.message);
      return error;
    }
    held.tokens = std::move(answered).value();
    redactor_.add(held.tokens.access_token);
    redactor_.add(held.tokens.refresh_token);
    held.renew_at = renewal_time(held.tokens.expires_at, clock_.now());
    return {};
  }

  static Error cancelled() {
    return Error{ErrorCode::Cancelled, "cancelled while renewing the access token"};
  }

  const OAuthOptions options_;
  Transport& transport_;
  Clock& clock_;
  Redactor& redactor_;
  const TokenSaver save_;

  std::mutex mutex_;
  std::condition_variable_any landed_;
  Held current_;                    // Guarded by mutex_.
  std::optional<Held> unsaved_;     // Guarded by mutex_. Fetched, but the saver failed.
  std::shared_ptr<Flight> flight_;  // Guarded by mutex_. Null when none is under way.
};

}  // namespace

std::unique_ptr<Authenticator> oauth(OAuthOptions options, Transport& transport, Clock& clock,
                                     Redactor& redactor, TokenSaver save) {
  return std::make_unique<OAuth>(std::move(options), transport, clock, redactor, std::move(save));
}

}  // namespace tendril

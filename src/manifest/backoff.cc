#include "manifest/backoff.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

#include <re2/re2.h>

#include "core/random.h"
#include "data/instant.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

using Wait = std::optional<std::chrono::milliseconds>;

constexpr double kSecondsMax = 1e9;  // Beyond any wait that makes sense.
constexpr int kDoublingsMax = 30;
constexpr double kFactorDefault = 5;  // As in the reference.

Wait from_seconds(double seconds) {
  return std::chrono::milliseconds(
      static_cast<std::int64_t>(std::min(seconds, kSecondsMax) * 1000));
}

// A random share of the range, twice as wide as its name says, as in the reference.
double with_jitter(double seconds, double jitter_range, const Clock& clock) {
  Random random(static_cast<std::uint64_t>(clock.monotonic().time_since_epoch().count()));
  return seconds + 2 * jitter_range * random.unit();
}

class ConstantBackoff final : public BackoffStrategy {
 public:
  ConstantBackoff(double seconds, double jitter_range, const Clock& clock)
      : seconds_(seconds), jitter_range_(jitter_range), clock_(clock) {}

  Result<Wait> wait(const Outcome&) const override {
    return from_seconds(with_jitter(seconds_, jitter_range_, clock_));
  }

 private:
  const double seconds_;
  const double jitter_range_;
  const Clock& clock_;
};

// factor × 2, × 4, × 8 …
class ExponentialBackoff final : public BackoffStrategy {
 public:
  ExponentialBackoff(double factor, double jitter_range, const Clock& clock)
      : factor_(factor), jitter_range_(jitter_range), clock_(clock) {}

  Result<Wait> wait(const Outcome& outcome) const override {
    const int doublings = std::min(outcome.attempt + 1, kDoublingsMax);
    return from_seconds(with_jitter(std::ldexp(factor_, doublings), jitter_range_, clock_));
  }

 private:
  const double factor_;
  const double jitter_range_;
  const Clock& clock_;
};

// A header that holds a number, and the expression that finds it there.
struct NumberInHeader {
  std::string header;
  std::unique_ptr<const RE2> regex;  // Null: the whole value.
  std::optional<double> seconds_max;

  std::optional<double> read(const Outcome& outcome) const {
    const auto value =
        outcome.response == nullptr ? std::nullopt : outcome.response->headers.find(header);
    if (!value) {
      return std::nullopt;
    }
    re2::StringPiece text(value->data(), value->size());
    re2::StringPiece found;
    if (regex != nullptr && regex->Match(text, 0, text.size(), RE2::ANCHOR_START, &found, 1)) {
      text = found;
    }
    while (!text.empty() && text[0] == ' ') {
      text.remove_prefix(1);
    }
    double number = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = end.ec == std::errc() && end.ptr == text.data() + text.size();
    return whole && std::isfinite(number) ? std::optional(number) : std::nullopt;
  }

  Result<Wait> allowed(double seconds) const {
    if (seconds_max && seconds >= *seconds_max) {
      Error error{ErrorCode::RateLimited, "the API asks to wait longer than the manifest allows"};
      error.retry_after = from_seconds(seconds);
      return error;
    }
    return from_seconds(seconds);
  }
};

// The header says how many seconds to wait.
class WaitTimeFromHeader final : public BackoffStrategy {
 public:
  explicit WaitTimeFromHeader(NumberInHeader number) : number_(std::move(number)) {}

  Result<Wait> wait(const Outcome& outcome) const override {
    const std::optional<double> seconds = number_.read(outcome);
    return !seconds || *seconds <= 0 ? Result<Wait>(Wait()) : number_.allowed(*seconds);
  }

 private:
  const NumberInHeader number_;
};

// The header says until what Unix time to wait.
class WaitUntilTimeFromHeader final : public BackoffStrategy {
 public:
  WaitUntilTimeFromHeader(NumberInHeader number, std::optional<double> seconds_min,
                          const Clock& clock)
      : number_(std::move(number)), seconds_min_(seconds_min), clock_(clock) {}

  Result<Wait> wait(const Outcome& outcome) const override {
    const std::optional<double> until = number_.read(outcome);
    if (!until || *until == 0) {
      return seconds_min_ ? number_.allowed(*seconds_min_) : Result<Wait>(Wait());
    }
    const double now = static_cast<double>(micros_of(clock_.now())) / 1e6;
    const double seconds = std::max(*until - now, seconds_min_.value_or(*until - now));
    return seconds < 0 ? Result<Wait>(Wait()) : number_.allowed(seconds);
  }

 private:
  const NumberInHeader number_;
  const std::optional<double> seconds_min_;
  const Clock& clock_;
};

Result<NumberInHeader> number_in_header(const Node& node, const Value& config, const Clock& clock) {
  NumberInHeader number;
  number.header = TRY(evaluate_text(node, "header", config, clock));
  const std::string regex = TRY(evaluate_text(node, "regex", config, clock));
  if (!regex.empty()) {
    RE2::Options options;
    options.set_log_errors(false);
    number.regex = std::make_unique<const RE2>(regex, options);
    if (!number.regex->ok()) {
      return node.find("regex")->error("regular expression: " + number.regex->error());
    }
  }
  number.seconds_max = TRY(evaluate_number(node, "max_waiting_time_in_seconds", config, clock));
  return number;
}

}  // namespace

Result<std::unique_ptr<BackoffStrategy>> backoff_strategy(const Node& node, const Value& config,
                                                          Clock& clock) {
  const auto number = [&](std::string_view key) {
    return evaluate_number(node, key, config, clock);
  };
  if (node.type() == "ConstantBackoffStrategy") {
    const auto seconds = TRY(number("backoff_time_in_seconds"));
    const auto jitter = TRY(number("jitter_range_in_seconds"));
    if (!seconds || *seconds < 0) {
      return node.error("backoff_time_in_seconds must be zero or more");
    }
    return std::make_unique<ConstantBackoff>(*seconds, jitter.value_or(0), clock);
  }
  if (node.type() == "ExponentialBackoffStrategy") {
    const auto factor = TRY(number("factor"));
    const auto jitter = TRY(number("jitter_range_in_seconds"));
    return std::make_unique<ExponentialBackoff>(factor.value_or(kFactorDefault), jitter.value_or(0),
                                                clock);
  }
  if (node.type() == "WaitTimeFromHeader") {
    NumberInHeader header = TRY(number_in_header(node, config, clock));
    return std::make_unique<WaitTimeFromHeader>(std::move(header));
  }
  if (node.type() == "WaitUntilTimeFromHeader") {
    NumberInHeader header = TRY(number_in_header(node, config, clock));
    const auto seconds_min = TRY(number("min_wait"));
    return std::make_unique<WaitUntilTimeFromHeader>(std::move(header), seconds_min, clock);
  }
  return node.error("backoff strategy is not supported: " + std::string(node.type()),
                    ErrorCode::Unsupported);
}

}  // namespace tendril

#include "manifest/api_budget.h"

#include <charconv>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "data/instant.h"
#include "manifest/request_matcher.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

Result<std::int64_t> count_of(const Node& node, std::string_view key, const Value& config,
                              const Clock& clock) {
  const auto count = TRY(evaluate_number(node, key, config, clock));
  if (!count || *count < 1 || *count > 1e12 || *count != std::floor(*count)) {
    return node.error(std::string(key) + " must be a positive integer");
  }
  return static_cast<std::int64_t>(*count);
}

// A span of time; months and years have no fixed length.
Result<std::chrono::microseconds> span_of(const Node& node, std::string_view key) {
  const std::string text = TRY(node.text(key));
  const auto duration = parse_duration(text);
  if (!duration.ok()) {
    return node.find(key)->error(duration.error().message);
  }
  const Instant start = instant_from_micros(0);
  const std::chrono::microseconds span = add(start, *duration) - start;
  if (span.count() <= 0) {
    return node.find(key)->error("must be longer than nothing");
  }
  return span;
}

Result<std::unique_ptr<CallLimit>> limit_of(const Node& node, const Value& config,
                                            const Clock& clock) {
  if (node.type() == "UnlimitedCallRatePolicy") {
    return std::unique_ptr<CallLimit>();
  }
  if (node.type() == "FixedWindowCallRatePolicy") {
    const std::int64_t calls = TRY(count_of(node, "call_limit", config, clock));
    const auto period = TRY(span_of(node, "period"));
    return fixed_window({calls, period});
  }
  if (node.type() != "MovingWindowCallRatePolicy") {
    return node.error("rate policy is not supported: " + std::string(node.type()),
                      ErrorCode::Unsupported);
  }
  const Node* list = TRY(node.required("rates"));
  std::vector<CallRate> rates;
  for (const Node& rate : list->items) {
    const std::int64_t calls = TRY(count_of(rate, "limit", config, clock));
    const auto interval = TRY(span_of(rate, "interval"));
    rates.push_back({calls, interval});
  }
  if (rates.empty()) {
    return list->error("a rate is missing");
  }
  return moving_window(std::move(rates));
}

Result<CallBudget::Policy> policy_of(const Node& node, const Value& config, const Clock& clock) {
  auto matchers = TRY(RequestMatcher::compile_all(node.find("matchers"), config, clock));
  CallBudget::Policy policy;
  policy.limit = TRY(limit_of(node, config, clock));
  policy.weigh = [matchers =
                      std::move(matchers)](const Request& request) -> std::optional<std::int64_t> {
    if (matchers.empty()) {
      return 1;
    }
    for (const RequestMatcher& matcher : matchers) {
      if (matcher.matches(request)) {
        return matcher.weight();
      }
    }
    return std::nullopt;
  };
  return policy;
}

}  // namespace

Result<std::unique_ptr<CallBudget>> api_budget(const Node& node, const Value& config,
                                               Clock& clock) {
  std::vector<CallBudget::Policy> policies;
  const Node* list = TRY(node.required("policies"));
  for (const Node& item : list->items) {
    CallBudget::Policy policy = TRY(policy_of(item, config, clock));
    policies.push_back(std::move(policy));
  }
  CallBudget::Signs signs;
  signs.remaining_header = TRY(node.text_or("ratelimit_remaining_header", signs.remaining_header));
  signs.reset_header = TRY(node.text_or("ratelimit_reset_header", signs.reset_header));
  const std::vector<std::string> statuses = TRY(node.texts("status_codes_for_ratelimit_hit"));
  if (!statuses.empty()) {
    signs.exhausted_statuses.clear();
  }
  for (const std::string& text : statuses) {
    int status = 0;
    std::from_chars(text.data(), text.data() + text.size(), status);
    signs.exhausted_statuses.insert(status);
  }
  return std::make_unique<CallBudget>(std::move(policies), std::move(signs), clock);
}

}  // namespace tendril

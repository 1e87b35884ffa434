#include "manifest/concurrency_level.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr const char* kDefault = "default_concurrency";
constexpr const char* kMax = "max_concurrency";
constexpr const char* kConfig = "config";
constexpr std::int64_t kLevelMax = 1'000'000;  // So that it is an int.

// The template, or null where the number itself is written.
const std::string* template_of(const Node& level) {
  const Node* said = level.find(kDefault);
  return said == nullptr ? nullptr : said->scalar.as_string();
}

}  // namespace

Status check_concurrency_level(const Node& level) {
  const std::string* text = template_of(level);
  const std::int64_t max = TRY(level.integer_or(kMax, 0));
  if (text != nullptr && text->find(kConfig) != std::string::npos && max == 0) {
    return level.error(std::string(kMax) + " is needed where the configuration says " + kDefault);
  }
  return {};
}

Result<int> concurrency_level(const Node& level, const Value& config, const Clock& clock) {
  const Value value = TRY(evaluate_value(level, kDefault, config, clock));
  const std::int64_t* number = value.as_int();
  if (number == nullptr || *number < 1) {
    return level.find(kDefault)->error("must be a whole number from 1 on: " + plain_text(value));
  }
  // As in the reference, a number that is written is not bounded.
  const std::int64_t max = TRY(level.integer_or(kMax, 0));
  const bool is_bounded = template_of(level) != nullptr && max > 0;
  return static_cast<int>(std::min({*number, is_bounded ? max : *number, kLevelMax}));
}

}  // namespace tendril

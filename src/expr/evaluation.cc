#include "expr/evaluation.h"

#include <utility>

namespace tendril {

bool Evaluation::spend(std::size_t units) {
  if (units > static_cast<std::size_t>(kWorkMax)) {
    units = static_cast<std::size_t>(kWorkMax);
  }
  work_left_ -= static_cast<std::int64_t>(units);
  if (work_left_ < 0) [[unlikely]] {
    fail("template takes too many steps");
    return false;
  }
  if (heap_.exhausted()) [[unlikely]] {
    fail("template needs too much memory");
    return false;
  }
  return true;
}

Term Evaluation::fail(std::string message, ErrorCode code) {
  if (fault_ == Fault::None) {
    fault_ = Fault::Error;
    message_ = std::move(message);
    code_ = code;
  }
  return {};
}

Term Evaluation::fail_type(std::string message) {
  if (fault_ == Fault::None) {
    fault_ = Fault::Type;
    message_ = std::move(message);
  }
  return {};
}

Term Evaluation::fail_undefined() {
  if (fault_ == Fault::None) {
    fault_ = Fault::Undefined;
  }
  return {};
}

}  // namespace tendril

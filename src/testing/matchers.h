// GoogleTest matchers for Result and Status.
//
//   EXPECT_THAT(client.send(request, {}), IsOk());
//   EXPECT_THAT(parse("7"), IsOkAndHolds(7));
//   EXPECT_THAT(parse("x"), IsError(ErrorCode::BadData, HasSubstr("x")));
#pragma once

#include <ostream>
#include <string>
#include <utility>

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/result.h"

namespace tendril {

// How GoogleTest shows them.
inline void PrintTo(const Error& error, std::ostream* out) {
  *out << to_string(error.code) << ": " << error.message;
  if (!error.request_id.empty()) {
    *out << " (request " << error.request_id << ")";
  }
}

template <class T>
void PrintTo(const Result<T>& result, std::ostream* out) {
  if (!result.ok()) {
    PrintTo(result.error(), out);
    return;
  }
  *out << "ok";
  if constexpr (!std::is_void_v<T>) {
    *out << ": " << ::testing::PrintToString(result.value());
  }
}

MATCHER(IsOk, negation ? "is an error" : "is ok") { return arg.ok(); }

// Matches when the value matches `value_matcher`, which may be a plain value.
MATCHER_P(IsOkAndHolds, value_matcher, "") {
  return arg.ok() && ::testing::ExplainMatchResult(value_matcher, arg.value(), result_listener);
}

MATCHER_P(IsError, code, "is an error of code " + std::string(to_string(code))) {
  return !arg.ok() && arg.error().code == code;
}

// Matches the code, and the message by `message_matcher`.
MATCHER_P2(IsError, code, message_matcher, "is an error of code " + std::string(to_string(code))) {
  return !arg.ok() && arg.error().code == code &&
         ::testing::ExplainMatchResult(message_matcher, arg.error().message, result_listener);
}

}  // namespace tendril

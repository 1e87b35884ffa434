// Redirects: which request follows from a redirecting answer, and what it may carry along.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "http/message.h"

namespace tendril {

// One request of the one or several that an exchange takes.
struct Hop {
  std::string method = {};
  std::string url = {};  // With the query.
  Headers headers = {};
  std::string_view body = {};  // Must outlive the hop.
};

// True when `answer` asks to look elsewhere and says where.
bool is_redirect(const Response& answer);

// Returns the hop that follows. GET takes the place of POST after 301 and 302, and of everything
// but HEAD after 303. On another origin only the headers that say what is wanted stay.
// Errors: InvalidConfig when it leads from https to http or would take a body to another origin;
//   Unavailable when the address cannot be read.
// REQUIRES: is_redirect(answer).
// Source: RFC 9110 section 15.4.
Result<Hop> next_hop(const Hop& sent, const Response& answer);

}  // namespace tendril

// Dates as vendors write them into headers and token answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace tendril {

// Reads an HTTP date in its three spellings, or an ISO 8601 date-time (without a zone: UTC).
// Source: RFC 9110 section 5.6.7.
std::optional<Clock::Wall> parse_date_text(std::string_view text);

// Reads a point in time that may be a date, Unix seconds, Unix milliseconds, or seconds from
// `now`; numbers are told apart by size.
std::optional<Clock::Wall> parse_moment(std::string_view text, Clock::Wall now);

// Reads a whole text as a decimal number. Returns nullopt for anything else, and for NaN.
std::optional<double> parse_number(std::string_view text);

}  // namespace tendril

// Pieces of text for pages: what comes from outside made harmless, and numbers for people.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace tendril {

// Returns `text` with all that HTML gives a meaning escaped, for elements and quoted attributes.
std::string html_escaped(std::string_view text);

std::string grouped(std::int64_t number);                    // "1,234,567"
std::string short_number(double number);                     // "1.2 M"
std::string short_bytes(double bytes);                       // "12.5 MiB"
std::string short_time(std::chrono::duration<double> time);  // "1 h 02 min", "3.4 s"

}  // namespace tendril

// The order in which a java.util.HashMap yields its keys: that of the columns in tables that the
// documented tester makes of rows whose columns nobody declared.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tendril {

// String.hashCode(): of the UTF-16 units.
std::int32_t java_hash(std::string_view utf8);

// `names` as they are put in; returned as they come out.
std::vector<std::string> hash_order(const std::vector<std::string>& names);

}  // namespace tendril

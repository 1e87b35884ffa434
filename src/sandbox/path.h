// Paths of requests: their segments, and the queries behind them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tendril {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// "/orgs/{org}/repos" -> "orgs", "{org}", "repos". A slash at the end is ignored.
std::vector<std::string> path_segments(std::string_view path);

// The values of the placeholders of `pattern`, or nullopt when the path does not match.
// Segments of the path are decoded.
std::optional<Pairs> match_path(const std::vector<std::string>& pattern,
                                const std::vector<std::string>& path);

// "a=1&b=x%20y" -> pairs, decoded. Also reads forms.
Pairs parse_query(std::string_view query);
std::string query_text(const Pairs& query);

// The last value of that name.
const std::string* find_pair(const Pairs& pairs, std::string_view name);
// Replaces the values of that name by one, in the place of the first.
void set_pair(Pairs& pairs, std::string_view name, std::string value);

}  // namespace tendril

#include "sandbox/path.h"

#include <algorithm>

#include "core/encoding.h"

namespace tendril {

std::vector<std::string> path_segments(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    if (path.front() == '/') {
      path.remove_prefix(1);
      continue;
    }
    const std::size_t end = std::min(path.find('/'), path.size());
    segments.emplace_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

std::optional<Pairs> match_path(const std::vector<std::string>& pattern,
                                const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) {
    return std::nullopt;
  }
  Pairs parameters;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const std::string& expected = pattern[i];
    if (expected.starts_with('{') && expected.ends_with('}')) {
      parameters.emplace_back(expected.substr(1, expected.size() - 2), url_decode(path[i]));
    } else if (expected != path[i]) {
      return std::nullopt;
    }
  }
  return parameters;
}

Pairs parse_query(std::string_view query) {
  Pairs pairs;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) {
      continue;
    }
    const std::size_t equals = std::min(pair.find('='), pair.size());
    pairs.emplace_back(url_decode(pair.substr(0, equals), true),
                       url_decode(pair.substr(std::min(equals + 1, pair.size())), true));
  }
  return pairs;
}

std::string query_text(const Pairs& query) {
  std::string text;
  for (const auto& [name, value] : query) {
    text += text.empty() ? "" : "&";
    text += url_encode(name) + "=" + url_encode(value);
  }
  return text;
}

const std::string* find_pair(const Pairs& pairs, std::string_view name) {
  const auto found = std::find_if(pairs.rbegin(), pairs.rend(),
                                  [&](const auto& pair) { return pair.first == name; });
  return found == pairs.rend() ? nullptr : &found->second;
}

void set_pair(Pairs& pairs, std::string_view name, std::string value) {
  bool set = false;
  std::erase_if(pairs, [&](auto& pair) {
    if (pair.first != name) {
      return false;
    }
    if (!set) {
      pair.second = std::move(value);
    }
    return std::exchange(set, true);
  });
  if (!set) {
    pairs.emplace_back(name, std::move(value));
  }
}

}  // namespace tendril

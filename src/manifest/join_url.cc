#include "manifest/join_url.h"

#include <algorithm>
#include <vector>

namespace tendril {
namespace {

using Segments = std::vector<std::string_view>;

bool is_absolute(std::string_view url) {
  return url.starts_with("https://") || url.starts_with("http://");
}

Segments segments_of(std::string_view path) {
  Segments segments;
  std::size_t start = 0;
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
       slash = path.find('/', start)) {
    segments.push_back(path.substr(start, slash - start));
    start = slash + 1;
  }
  segments.push_back(path.substr(start));
  return segments;
}

// The parts of the base's path that stay, and those of `path` behind them.
Segments joined(std::string_view base_path, std::string_view path) {
  if (path.starts_with('/')) {
    return segments_of(path);
  }
  Segments all = segments_of(base_path);
  all.pop_back();  // What is behind the last slash: mostly nothing.
  const Segments below = segments_of(path);
  all.insert(all.end(), below.begin(), below.end());
  if (all.size() > 2) {
    all.erase(std::remove(all.begin() + 1, all.end() - 1, std::string_view()), all.end() - 1);
  }
  return all;
}

std::string resolved(const Segments& segments) {
  Segments kept;
  for (const std::string_view segment : segments) {
    if (segment == "..") {
      if (!kept.empty()) {
        kept.pop_back();
      }
    } else if (segment != ".") {
      kept.push_back(segment);
    }
  }
  if (segments.back() == "." || segments.back() == "..") {
    kept.emplace_back();
  }
  std::string path;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    path.append(i == 0 ? "" : "/").append(kept[i]);
  }
  return path.empty() || path.front() != '/' ? "/" + path : path;
}

}  // namespace

std::string join_url(std::string_view base, std::string_view path) {
  if (path.empty()) {
    return std::string(base);
  }
  if (is_absolute(path)) {
    return std::string(path);
  }
  const std::size_t scheme_end = base.find("://");
  const std::size_t host = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
  const std::size_t path_start = std::min(base.find_first_of("/?#", host), base.size());
  std::string base_path(base.substr(path_start));
  if (!base_path.ends_with('/')) {
    base_path += '/';
  }
  base_path.resize(std::min(base_path.find_first_of("?#"), base_path.size()));
  const std::size_t rest_start = std::min(path.find_first_of("?#"), path.size());
  std::string url(base.substr(0, path_start));
  url += rest_start == 0 ? base_path : resolved(joined(base_path, path.substr(0, rest_start)));
  return url.append(path.substr(rest_start));
}

}  // namespace tendril

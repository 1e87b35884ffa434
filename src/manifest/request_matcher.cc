#include "manifest/request_matcher.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string_view>

#include <re2/re2.h>

#include "core/encoding.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

// "https://host" and "/path" of a URL.
std::pair<std::string_view, std::string_view> split_url(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const std::size_t scheme = url.find("://");
  const std::size_t path = scheme == std::string_view::npos ? 0 : url.find('/', scheme + 3);
  if (path == std::string_view::npos) {
    return {url, ""};
  }
  return {url.substr(0, path), url.substr(path)};
}

std::string_view without_slashes(std::string_view text) {
  while (text.ends_with('/')) {
    text.remove_suffix(1);
  }
  return text;
}

bool has_parameter(const Request& request, const std::pair<std::string, std::string>& wanted) {
  const std::string url = url_with_query(request);
  const std::size_t start = url.find('?');
  std::string_view rest = start == std::string::npos ? "" : std::string_view(url).substr(start + 1);
  while (!rest.empty()) {
    const std::string_view field = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), field.size() + 1));
    const std::size_t equals = std::min(field.find('='), field.size());
    if (url_decode(field.substr(0, equals), true) == wanted.first && equals < field.size() &&
        url_decode(field.substr(equals + 1), true) == wanted.second) {
      return true;
    }
  }
  return false;
}

}  // namespace

Result<RequestMatcher::Pairs> RequestMatcher::pairs_of(const Node& node, std::string_view key) {
  Pairs pairs;
  if (const Node* mapping = node.find(key)) {
    for (const auto& [name, value] : mapping->members) {
      if (!name.starts_with('$')) {
        pairs.emplace_back(name, plain_text(value.scalar));
      }
    }
  }
  return pairs;
}

Result<RequestMatcher> RequestMatcher::compile(const Node& node, const Value& config,
                                               const Clock& clock) {
  RequestMatcher matcher;
  matcher.method_ = TRY(node.text_or("method", ""));
  std::transform(matcher.method_.begin(), matcher.method_.end(), matcher.method_.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const std::string base = TRY(node.text_or("url_base", ""));
  matcher.base_ = without_slashes(base);
  const std::string pattern = TRY(node.text_or("url_path_pattern", ""));
  if (!pattern.empty()) {
    RE2::Options options;
    options.set_log_errors(false);
    matcher.path_ = std::make_shared<const RE2>(pattern, options);
    if (!matcher.path_->ok()) {
      return node.find("url_path_pattern")->error("regular expression: " + matcher.path_->error());
    }
  }
  matcher.parameters_ = TRY(pairs_of(node, "params"));
  matcher.headers_ = TRY(pairs_of(node, "headers"));
  const auto weight = TRY(evaluate_number(node, "weight", config, clock));
  if (weight && (*weight < 1 || *weight > 1e9 || *weight != std::floor(*weight))) {
    return node.find("weight")->error("weight must be a positive integer");
  }
  matcher.weight_ = static_cast<std::int64_t>(weight.value_or(1));
  return matcher;
}

Result<std::vector<RequestMatcher>> RequestMatcher::compile_all(const Node* list,
                                                                const Value& config,
                                                                const Clock& clock) {
  std::vector<RequestMatcher> matchers;
  if (list != nullptr) {
    for (const Node& node : list->items) {
      RequestMatcher matcher = TRY(compile(node, config, clock));
      matchers.push_back(std::move(matcher));
    }
  }
  return matchers;
}

bool RequestMatcher::matches(const Request& request) const {
  const auto [base, path] = split_url(request.url);
  if ((!method_.empty() && request.method != method_) || (!base_.empty() && base != base_)) {
    return false;
  }
  const std::string_view plain = without_slashes(path);
  if (path_ != nullptr &&
      !RE2::PartialMatch(re2::StringPiece(plain.data(), plain.size()), *path_)) {
    return false;
  }
  return std::all_of(parameters_.begin(), parameters_.end(),
                     [&](const auto& wanted) { return has_parameter(request, wanted); }) &&
         std::all_of(headers_.begin(), headers_.end(), [&](const auto& wanted) {
           return request.headers.find(wanted.first) == wanted.second;
         });
}

}  // namespace tendril

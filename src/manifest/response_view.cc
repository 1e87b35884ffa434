#include "manifest/response_view.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "data/json.h"
#include "manifest/json_page.h"
#include "manifest/template_text.h"

namespace tendril {
namespace {

std::string trimmed(std::string_view text, std::string_view what = " \t") {
  const std::size_t start = text.find_first_not_of(what);
  if (start == std::string_view::npos) {
    return "";
  }
  return std::string(text.substr(start, text.find_last_not_of(what) - start + 1));
}

// One link of a Link header: its URL and parameters.
Map parse_link(std::string_view link) {
  Map result;
  const std::size_t close = link.find('>');
  result.set("url", trimmed(link.substr(0, close), "<> \t\"'"));
  std::string_view rest = close == std::string_view::npos ? "" : link.substr(close + 1);
  while (!rest.empty()) {
    const std::string_view parameter = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), parameter.size() + 1));
    const std::size_t equals = parameter.find('=');
    if (equals != std::string_view::npos) {
      result.set(trimmed(parameter.substr(0, equals)),
                 trimmed(parameter.substr(equals + 1), " \t\"'"));
    }
  }
  return result;
}

Value links_view(const Headers& headers) {
  Map links;
  for (const auto& [name, value] : headers.fields()) {
    const bool is_link =
        name.size() == 4 && std::equal(name.begin(), name.end(), "link", [](char a, char b) {
          return std::tolower(static_cast<unsigned char>(a)) == b;
        });
    std::string_view rest = is_link ? std::string_view(value) : "";
    while (!rest.empty()) {
      // A comma may stand in a URL; one before "<" ends a link.
      std::size_t end = rest.find('>');
      end = end == std::string_view::npos ? rest.size() : rest.find(',', end);
      const Map link = parse_link(rest.substr(0, end));
      const Value* rel = link.find("rel");
      const Value* url = link.find("url");
      links.set(rel != nullptr ? *rel->as_string() : *url->as_string(), link);
      rest.remove_prefix(std::min(rest.size(), end == std::string_view::npos ? end : end + 1));
    }
  }
  return links;
}

}  // namespace

bool reaches_records(std::string_view template_text, const std::vector<std::string>& field_path) {
  const auto uses = constant_paths(template_text, "response");
  return std::any_of(uses.begin(), uses.end(), [&](const std::vector<std::string>& steps) {
    for (std::size_t i = 0; i < field_path.size() && field_path[i] != "*"; ++i) {
      if (i == steps.size()) {
        return true;
      }
      if (steps[i] != field_path[i]) {
        return false;
      }
    }
    return true;
  });
}

void PageNeeds::add(std::string_view template_text, const std::vector<std::string>& field_path) {
  response = response || mentions(template_text, "response");
  records = records || reaches_records(template_text, field_path);
  last_record = last_record || mentions(template_text, "last_record");
  headers = headers || mentions(template_text, "headers");
}

Value headers_view(const Headers& headers) {
  Map view;
  for (const auto& [name, value] : headers.fields()) {
    std::string lower = name;
    std::string title = name;
    bool starts_word = true;
    for (std::size_t i = 0; i < name.size(); ++i) {
      const auto c = static_cast<unsigned char>(name[i]);
      lower[i] = static_cast<char>(std::tolower(c));
      title[i] = starts_word ? static_cast<char>(std::toupper(c)) : lower[i];
      starts_word = c == '-';
    }
    for (const std::string& spelling : {name, lower, title}) {
      if (view.find(spelling) == nullptr) {
        view.append(spelling, value);
      }
    }
  }
  view.set("link", links_view(headers));
  return view;
}

Value body_view(std::string body, const std::vector<std::string>* field_path) {
  auto view =
      field_path == nullptr ? parse_json(body) : JsonPageReader(*field_path).read_frame(body, true);
  return view.ok() ? std::move(view).value() : Value(Map());
}

std::string url_view(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const std::size_t host = url.find("://");
  const std::size_t start = host == std::string_view::npos ? 0 : host + 3;
  const std::size_t path = std::min(url.find('/', start), url.size());
  const std::size_t at = url.substr(start, path - start).rfind('@');
  const std::size_t skip = at == std::string_view::npos ? start : start + at + 1;
  return std::string(url.substr(0, start)) + std::string(url.substr(skip));
}

}  // namespace tendril

// Pages counted by number or offset are cut from a list that the API sorts anew for each request.
// Where its order is not total, or moves while it is read, records fall between two pages.
#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "lint/checks.h"
#include "lint/component_walk.h"
#include "manifest/stream_cursor.h"

namespace tendril {
namespace {

// Letters and digits of a name, in lower case: "sort[by]" and "sortBy" are the same.
std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      plain += static_cast<char>(std::tolower(byte));
    }
  }
  return plain;
}

bool is_sort_parameter(std::string_view name) {
  constexpr std::string_view kNames[] = {"sort",    "sortby",   "sortfield",  "sortcolumn",
                                         "sortkey", "sorting",  "sorts",      "order",
                                         "orderby", "ordering", "orderfield", "sortproperty"};
  const std::string plain = plain_name(name);
  return std::find(std::begin(kNames), std::end(kNames), plain) != std::end(kNames);
}

// The sort keys of "-updated_at,id:asc" without their directions: "updatedat", "id".
std::vector<std::string> sort_keys(std::string_view value) {
  std::vector<std::string> keys;
  while (!value.empty()) {
    const std::size_t comma = value.find_first_of(",;");
    const std::string_view part = value.substr(0, comma);
    value = comma == std::string_view::npos ? std::string_view() : value.substr(comma + 1);
    const std::size_t start = part.find_first_not_of(" +-");
    if (start != std::string_view::npos) {
      const std::string_view rest = part.substr(start);
      keys.push_back(plain_name(rest.substr(0, rest.find_first_of(" :|+"))));
    }
  }
  return keys;
}

// A time that changes whenever the record does, and that several records may share.
bool is_update_time(std::string_view key) {
  constexpr std::string_view kStems[] = {
      "updated",    "modified",   "lastupdate",       "lastmodif", "changed",     "dateupdate",
      "updatedate", "updatetime", "modificationdate", "datemodif", "lastactivity"};
  return std::any_of(std::begin(kStems), std::end(kStems), [&](std::string_view stem) {
    return key.find(stem) != std::string_view::npos;
  });
}

// Pages of these are counted by the client.
bool counts_pages(const Node& retriever) {
  const Node* paginator = retriever.find("paginator");
  const Node* strategy = paginator == nullptr ? nullptr : paginator->find("pagination_strategy");
  return strategy != nullptr &&
         (strategy->type() == "PageIncrement" || strategy->type() == "OffsetIncrement");
}

void check_sorting(const Node& inputs, FindingList& findings) {
  for (const auto& [name, value] : inputs.members) {
    const std::string* text = value.scalar.as_string();
    if (!is_sort_parameter(name) || text == nullptr || text->find('{') != std::string::npos) {
      continue;
    }
    const std::vector<std::string> keys = sort_keys(*text);
    if (!keys.empty() && std::all_of(keys.begin(), keys.end(), is_update_time)) {
      findings.add("unstable-page-order", value,
                   "pages are counted in the order of a time that changes and that records may "
                   "share: " +
                       *text);
    }
  }
}

// The fields of the last record that a template names: "{{ last_record['a'] or last_record.b }}".
std::vector<std::string> fields_of_last_record(std::string_view text) {
  constexpr std::string_view kName = "last_record";
  std::vector<std::string> fields;
  for (std::size_t at = text.find(kName); at != std::string_view::npos; at = text.find(kName)) {
    text.remove_prefix(at + kName.size());
    std::string_view rest = text;
    for (const std::string_view before : {".get(", "[", ".", "'", "\""}) {
      rest.remove_prefix(rest.starts_with(before) ? before.size() : 0);
    }
    const auto* const end = std::find_if(rest.begin(), rest.end(), [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_' && c != '-';
    });
    fields.emplace_back(rest.begin(), end);
  }
  return fields;
}

// Pages that each start after the time of the record before.
void check_page_cursor(const Node& stream, FindingList& findings) {
  const Node* sync = stream.find("incremental_sync");
  const Node* retriever = stream.find("retriever");
  const Node* paginator = retriever == nullptr ? nullptr : retriever->find("paginator");
  const Node* strategy = paginator == nullptr ? nullptr : paginator->find("pagination_strategy");
  const Node* value = strategy == nullptr ? nullptr : strategy->find("cursor_value");
  const std::string* text = value == nullptr ? nullptr : value->scalar.as_string();
  if (sync == nullptr || text == nullptr || strategy->type() != "CursorPagination") {
    return;
  }
  const Node& cursor = innermost_cursor(*sync);
  const Node* field = cursor.find("cursor_field");
  const std::string* name = field == nullptr ? nullptr : field->scalar.as_string();
  const std::vector<std::string> fields = fields_of_last_record(*text);
  const bool is_tied = name != nullptr && cursor.type() == "DatetimeBasedCursor" &&
                       !fields.empty() &&
                       std::all_of(fields.begin(), fields.end(),
                                   [&](const std::string& each) { return each == *name; });
  if (is_tied) {
    findings.add("tied-page-cursor", *value,
                 "each page starts at the time of the last record before it: records that share "
                 "that time fall between two pages, or come for ever");
  }
}

}  // namespace

void check_page_order(const Node& manifest, FindingList& findings) {
  for_each_component(manifest, [&](const VisitedComponent& component) {
    if (component.rule.name == "DeclarativeStream") {
      check_page_cursor(component.node, findings);
    }
    const Node* requester = component.node.find("requester");
    if (component.rule.name != "SimpleRetriever" || requester == nullptr ||
        !counts_pages(component.node)) {
      return;
    }
    for (const std::string_view field :
         {"request_parameters", "request_body_json", "request_body_data"}) {
      if (const Node* inputs = requester->find(field)) {
        check_sorting(*inputs, findings);
      }
    }
  });
}

}  // namespace tendril

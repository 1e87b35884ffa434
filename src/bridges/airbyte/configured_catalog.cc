#include "bridges/airbyte/configured_catalog.h"

#include <algorithm>
#include <utility>

namespace tendril {
namespace {

Error catalog_fault(std::string what) {
  return {.code = ErrorCode::InvalidConfig, .message = "the configured catalog " + std::move(what)};
}

const std::string* text_in(const Value* value, std::string_view name) {
  const Value* member = value == nullptr ? nullptr : value->find(name);
  return member == nullptr ? nullptr : member->as_string();
}

// An empty name is a platform's way to say that there is none.
Result<std::vector<std::string>> cursor_field_of(const Value& entry, const std::string& place) {
  std::vector<std::string> steps;
  const Value* field = entry.find("cursor_field");
  if (field == nullptr || field->is_null()) {
    return steps;
  }
  const List* list = field->as_list();
  for (const Value& step : list == nullptr ? List{Value()} : *list) {
    const std::string* text = step.as_string();
    if (text == nullptr) {
      return catalog_fault("has no list of texts at " + place + "/cursor_field");
    }
    steps.push_back(*text);
  }
  if (!steps.empty() && steps.front().empty()) {
    steps.clear();
  }
  return steps;
}

Result<ConfiguredStream> parse_stream(const Value& entry, const std::string& place) {
  const std::string* name = text_in(entry.find("stream"), "name");
  if (name == nullptr || name->empty()) {
    return catalog_fault("names no stream at " + place + "/stream/name");
  }
  const std::string* mode = text_in(&entry, "sync_mode");
  if (mode == nullptr || (*mode != "full_refresh" && *mode != "incremental")) {
    return catalog_fault("has no known mode at " + place +
                         "/sync_mode: " + (mode == nullptr ? "nothing" : *mode));
  }
  std::vector<std::string> cursor_field = TRY(cursor_field_of(entry, place));
  return ConfiguredStream{
      .name = *name,
      .mode = *mode == "incremental" ? SyncMode::Incremental : SyncMode::FullRefresh,
      .cursor_field = std::move(cursor_field)};
}

}  // namespace

Result<std::vector<ConfiguredStream>> parse_configured_catalog(const Value& catalog) {
  const Value* entries = catalog.find("streams");
  const List* list = entries == nullptr ? nullptr : entries->as_list();
  if (list == nullptr) {
    return catalog_fault("has no list of streams");
  }
  std::vector<ConfiguredStream> streams;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string place = "/streams/" + std::to_string(i);
    ConfiguredStream stream = TRY(parse_stream((*list)[i], place));
    if (std::ranges::count(streams, stream.name, &ConfiguredStream::name) > 0) {
      return catalog_fault("names a stream twice: " + stream.name);
    }
    streams.push_back(std::move(stream));
  }
  return streams;
}

}  // namespace tendril

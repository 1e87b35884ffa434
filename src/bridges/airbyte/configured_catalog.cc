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
  return ConfiguredStream{
      .name = *name,
      .mode = *mode == "incremental" ? SyncMode::Incremental : SyncMode::FullRefresh};
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

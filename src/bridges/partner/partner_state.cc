#include "bridges/partner/partner_state.h"

#include <cstdint>

#include "core/json_text.h"
#include "data/json.h"

namespace tendril {
namespace {

constexpr std::int64_t kVersion = 1;

Error state_fault(const std::string& what) {
  return {.code = ErrorCode::InvalidConfig, .message = "the state of the client " + what};
}

void append_member(std::string& json, std::string_view name, std::string_view value, bool first) {
  json += first ? "" : ",";
  append_json_string(json, name);
  json += ':';
  json += value;
}

}  // namespace

Result<PartnerState> PartnerState::parse(std::string_view json) {
  PartnerState state;
  const Result<Value> read = json.empty() ? Result<Value>(Value(Map())) : parse_json(json);
  if (!read.ok() || !read->is_map()) {
    return state_fault("is not one JSON object");
  }
  if (read->as_map()->empty()) {
    return state;
  }
  const Value* const version = read->find("version");
  const Value* const streams = read->find("streams");
  if (version == nullptr || version->as_int() == nullptr || streams == nullptr ||
      !streams->is_map()) {
    return state_fault("was not made by this program: begin with an empty one");
  }
  if (*version->as_int() > kVersion) {
    return Error{.code = ErrorCode::Unsupported,
                 .message = "the state of the client was made by a newer version of this program"};
  }
  for (const auto& [name, each] : streams->as_map()->members()) {
    Stream& stream = state.streams_[name];
    if (const Value* entry = each.find("state")) {
      stream.entry = to_json(*entry);
    }
    const Value* const slices = each.find("slices");
    if (slices == nullptr || !slices->is_map()) {
      continue;
    }
    for (const auto& [key, slice] : slices->as_map()->members()) {
      stream.slices[key] = to_json(slice);
    }
  }
  return state;
}

std::vector<StateEntry> PartnerState::entries() const {
  std::vector<StateEntry> entries;
  for (const auto& [name, stream] : streams_) {
    if (!stream.entry.empty()) {
      entries.push_back({.stream = name, .slice = "", .json = stream.entry});
    }
    for (const auto& [key, json] : stream.slices) {
      entries.push_back({.stream = name, .slice = key, .json = json});
    }
  }
  return entries;
}

void PartnerState::apply(const Checkpoint& checkpoint) {
  for (const StateKey& key : checkpoint.erased) {
    Stream& stream = streams_[key.stream];
    if (key.slice.empty()) {
      stream.entry.clear();
    } else {
      stream.slices.erase(key.slice);
    }
  }
  for (const StateEntry& entry : checkpoint.entries) {
    Stream& stream = streams_[entry.stream];
    (entry.slice.empty() ? stream.entry : stream.slices[entry.slice]) = entry.json;
  }
  std::erase_if(streams_, [](const auto& each) {
    return each.second.entry.empty() && each.second.slices.empty();
  });
}

std::string PartnerState::json() const {
  std::string json = R"({"version":)" + std::to_string(kVersion) + R"(,"streams":{)";
  bool first = true;
  for (const auto& [name, stream] : streams_) {
    std::string text = "{";
    if (!stream.entry.empty()) {
      append_member(text, "state", stream.entry, true);
    }
    if (!stream.slices.empty()) {
      std::string slices = "{";
      for (const auto& [key, slice] : stream.slices) {
        append_member(slices, key, slice, slices.size() == 1);
      }
      append_member(text, "slices", slices + '}', text.size() == 1);
    }
    append_member(json, name, text + '}', first);
    first = false;
  }
  return json + "}}";
}

}  // namespace tendril

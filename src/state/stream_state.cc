#include "state/stream_state.h"

#include <utility>

#include "data/json.h"

namespace tendril {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr char kEscape = '=';

std::string slice_id_of(const std::string& key) {
  return key.starts_with(kEscape) ? key.substr(1) : key;
}

Error damaged(std::string_view what) {
  return {.code = ErrorCode::BadData, .message = std::string(what)};
}

Result<Value> member(const Map& map, std::string_view name) {
  if (const Value* value = map.find(name)) {
    return *value;
  }
  return damaged("member is missing: " + std::string(name));
}

Result<bool> bool_member(const Map& map, std::string_view name) {
  const Value value = TRY(member(map, name));
  if (const bool* flag = value.as_bool()) {
    return *flag;
  }
  return damaged("member is not true or false: " + std::string(name));
}

Result<std::string> string_member(const Map& map, std::string_view name) {
  const Value value = TRY(member(map, name));
  if (const std::string* text = value.as_string()) {
    return *text;
  }
  return damaged("member is not a text: " + std::string(name));
}

// Absent means 0.
Result<std::int64_t> count_member(const Map& map, std::string_view name) {
  const Value* value = map.find(name);
  if (value == nullptr) {
    return std::int64_t{0};
  }
  if (const std::int64_t* count = value->as_int(); count != nullptr && *count >= 0) {
    return *count;
  }
  return damaged("member is not a count: " + std::string(name));
}

Result<Map> parse_entry(std::string_view json) {
  Value value = TRY(parse_json(json));
  if (Map* map = value.as_map()) {
    return std::move(*map);
  }
  return damaged("not an object");
}

Status check_version(const Map& entry) {
  const Value version = TRY(member(entry, "version"));
  const std::int64_t* number = version.as_int();
  if (number == nullptr || *number < 1) {
    return damaged("version is not a positive number: " + to_json(version));
  }
  if (*number > kVersion) {
    return Error{.code = ErrorCode::Unsupported,
                 .message = "it was written by a newer version of this program: version " +
                            std::to_string(*number) + ", known is " + std::to_string(kVersion)};
  }
  return {};
}

Result<Attempt> parse_attempt(const Value& value) {
  const Map* map = value.as_map();
  if (map == nullptr) {
    return damaged("attempt is not an object");
  }
  Attempt attempt;
  attempt.plan = TRY(member(*map, "plan"));
  const std::string started_at = TRY(string_member(*map, "started_at"));
  const Datetime started = TRY(parse_datetime(started_at));
  attempt.started_at = started.instant;
  attempt.mode = TRY(string_member(*map, "mode"));
  attempt.incremental = TRY(bool_member(*map, "incremental"));
  return attempt;
}

Status read_stream_entry(std::string_view json, StreamState& state) {
  const Map entry = TRY(parse_entry(json));
  TRY(check_version(entry));
  state.cursor = TRY(member(entry, "cursor"));
  if (const Value* attempt = entry.find("attempt")) {
    state.attempt = TRY(parse_attempt(*attempt));
  }
  return {};
}

Result<SliceState> parse_slice(std::string_view json) {
  const Map entry = TRY(parse_entry(json));
  SliceState slice;
  if (entry.find("done") != nullptr) {
    slice.done = TRY(bool_member(entry, "done"));
  }
  slice.value = TRY(member(entry, slice.done ? "result" : "progress"));
  slice.rows_rejected = TRY(count_member(entry, "rejected"));
  return slice;
}

Status read_slice_entry(const StateEntry& entry, StreamState& state) {
  SliceState slice = TRY(parse_slice(entry.json));
  state.slices.insert_or_assign(slice_id_of(entry.slice), std::move(slice));
  return {};
}

}  // namespace

StateEntry stream_entry(std::string_view stream, const StreamState& state) {
  Map entry;
  entry.append("version", kVersion);
  entry.append("cursor", state.cursor);
  if (state.attempt.has_value()) {
    Map attempt;
    attempt.append("plan", state.attempt->plan);
    attempt.append("started_at", to_iso(state.attempt->started_at));
    attempt.append("mode", state.attempt->mode);
    attempt.append("incremental", state.attempt->incremental);
    entry.append("attempt", std::move(attempt));
  }
  return {.stream = std::string(stream), .slice = "", .json = to_json(std::move(entry))};
}

StateEntry slice_entry(std::string_view stream, std::string_view slice_id,
                       const SliceState& state) {
  Map entry;
  if (state.done) {
    entry.append("done", true);
  }
  entry.append(state.done ? "result" : "progress", state.value);
  if (state.rows_rejected > 0) {
    entry.append("rejected", state.rows_rejected);
  }
  StateKey key = slice_key(stream, slice_id);
  return {.stream = std::move(key.stream),
          .slice = std::move(key.slice),
          .json = to_json(std::move(entry))};
}

Status check_state_size(const StateEntry& entry) {
  if (entry.json.size() <= kStateEntryBytesMax) {
    return {};
  }
  std::string place = "stream " + entry.stream;
  if (!entry.slice.empty()) {
    place += ", slice " + slice_id_of(entry.slice);
  }
  return Error{.code = ErrorCode::BadData,
               .message = "the state of " + place +
                          " is larger than is kept: " + std::to_string(entry.json.size()) +
                          " bytes, the most is " + std::to_string(kStateEntryBytesMax)};
}

StateKey slice_key(std::string_view stream, std::string_view slice_id) {
  std::string key(slice_id);
  if (key.empty() || key.starts_with(kEscape)) {
    key.insert(key.begin(), kEscape);
  }
  return {.stream = std::string(stream), .slice = std::move(key)};
}

Result<StreamState> read_stream_state(std::string_view connection, std::string_view stream,
                                      std::span<const StateEntry> entries) {
  StreamState state;
  for (const StateEntry& entry : entries) {
    if (entry.stream != stream) {
      continue;
    }
    Status read =
        entry.slice.empty() ? read_stream_entry(entry.json, state) : read_slice_entry(entry, state);
    if (!read.ok()) {
      std::string place = "reading the state of connection " + std::string(connection) +
                          ", stream " + std::string(stream);
      if (!entry.slice.empty()) {
        place += ", slice " + slice_id_of(entry.slice);
      }
      return std::move(read).error().while_doing(place);
    }
  }
  return state;
}

}  // namespace tendril

#include "state/stream_state.h"

#include <array>
#include <charconv>
#include <system_error>
#include <utility>

#include "data/json.h"

namespace tendril {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr char kEscape = '=';
constexpr int kHexadecimal = 16;

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

// Absent means none.
Result<std::vector<std::string>> texts_member(const Map& map, std::string_view name) {
  std::vector<std::string> texts;
  const Value* value = map.find(name);
  const List* list = value == nullptr ? nullptr : value->as_list();
  if (value != nullptr && list == nullptr) {
    return damaged("member is not a list: " + std::string(name));
  }
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const std::string* text = (*list)[i].as_string();
    if (text == nullptr) {
      return damaged("member is not a list of texts: " + std::string(name));
    }
    texts.push_back(*text);
  }
  return texts;
}

// Absent means 0.
Result<std::uint64_t> checksum_member(const Map& map, std::string_view name) {
  if (map.find(name) == nullptr) {
    return std::uint64_t{0};
  }
  const std::string text = TRY(string_member(map, name));
  std::uint64_t checksum = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, checksum, kHexadecimal);
  if (parsed.ec != std::errc() || parsed.ptr != end) {
    return damaged("member is not a checksum: " + std::string(name));
  }
  return checksum;
}

Value list_of(const std::vector<std::string>& texts) {
  List list;
  for (const std::string& text : texts) {
    list.emplace_back(text);
  }
  return list;
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

Result<FeedTableState> parse_feed_table(const Value& value) {
  const Map* map = value.as_map();
  if (map == nullptr) {
    return damaged("table of a feed is not an object");
  }
  FeedTableState table;
  table.key = TRY(texts_member(*map, "key"));
  table.children = TRY(texts_member(*map, "children"));
  if (map->find("begun") != nullptr) {
    table.begun = TRY(bool_member(*map, "begun"));
  }
  return table;
}

Status read_feed_members(const Map& entry, StreamState& state) {
  state.chosen = TRY(texts_member(entry, "chosen"));
  state.choosing = TRY(texts_member(entry, "choosing"));
  const Value* tables = entry.find("tables");
  if (tables == nullptr) {
    return {};
  }
  if (!tables->is_map()) {
    return damaged("member is not an object: tables");
  }
  for (const auto& [name, value] : tables->as_map()->members()) {
    FeedTableState table = TRY(parse_feed_table(value));
    state.tables.insert_or_assign(name, std::move(table));
  }
  return {};
}

Status read_stream_entry(std::string_view json, StreamState& state) {
  const Map entry = TRY(parse_entry(json));
  TRY(check_version(entry));
  state.cursor = TRY(member(entry, "cursor"));
  if (const Value* attempt = entry.find("attempt")) {
    state.attempt = TRY(parse_attempt(*attempt));
  }
  state.key = TRY(texts_member(entry, "key"));
  state.children = TRY(texts_member(entry, "children"));
  return read_feed_members(entry, state);
}

Result<SliceState> parse_slice(std::string_view json) {
  const Map entry = TRY(parse_entry(json));
  SliceState slice;
  if (entry.find("done") != nullptr) {
    slice.done = TRY(bool_member(entry, "done"));
  }
  slice.value = TRY(member(entry, slice.done ? "result" : "progress"));
  slice.rows_rejected = TRY(count_member(entry, "rejected"));
  slice.rows = TRY(count_member(entry, "rows"));
  slice.checksum = TRY(checksum_member(entry, "checksum"));
  return slice;
}

Status read_slice_entry(const StateEntry& entry, StreamState& state) {
  SliceState slice = TRY(parse_slice(entry.json));
  state.slices.insert_or_assign(slice_id_of(entry.slice), std::move(slice));
  return {};
}

void append_texts(Map& entry, std::string_view name, const std::vector<std::string>& texts) {
  if (!texts.empty()) {
    entry.append(std::string(name), list_of(texts));
  }
}

void append_feed_members(Map& entry, const StreamState& state) {
  if (!state.tables.empty()) {
    Map tables;
    for (const auto& [name, table] : state.tables) {
      Map members;
      append_texts(members, "key", table.key);
      append_texts(members, "children", table.children);
      if (table.begun) {
        members.append("begun", true);
      }
      tables.append(name, std::move(members));
    }
    entry.append("tables", std::move(tables));
  }
  append_texts(entry, "chosen", state.chosen);
  append_texts(entry, "choosing", state.choosing);
}

}  // namespace

std::string checksum_text(std::uint64_t checksum) {
  std::array<char, 2 * sizeof(checksum)> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), checksum, kHexadecimal);
  return {digits.data(), end.ptr};
}

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
  append_texts(entry, "key", state.key);
  append_texts(entry, "children", state.children);
  append_feed_members(entry, state);
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
  if (state.rows > 0) {
    entry.append("rows", state.rows);
    entry.append("checksum", checksum_text(state.checksum));
  }
  StateKey key = slice_key(stream, slice_id);
  return {.stream = std::move(key.stream),
          .slice = std::move(key.slice),
          .json = to_json(std::move(entry))};
}

Status check_state_size(const StateEntry& entry, std::size_t bytes_max) {
  if (entry.json.size() <= bytes_max) {
    return {};
  }
  std::string place = "stream " + entry.stream;
  if (!entry.slice.empty()) {
    place += ", slice " + slice_id_of(entry.slice);
  }
  return Error{.code = ErrorCode::BadData,
               .message = "the state of " + place +
                          " is larger than is kept: " + std::to_string(entry.json.size()) +
                          " bytes, the most is " + std::to_string(bytes_max)};
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

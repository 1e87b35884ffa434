#include "bridges/airbyte/protocol_state.h"

#include <functional>
#include <utility>

#include "core/json_text.h"
#include "data/json.h"
#include "state/stream_state.h"

namespace tendril {
namespace {

constexpr std::string_view kOwnMember = "_tendril";
constexpr std::string_view kStreamMember = "stream";
constexpr std::string_view kSlicesMember = "slices";
// How the reference says that a stream keeps no cursor.
constexpr std::string_view kNoCursor = "__ab_no_cursor_state_message";
constexpr std::string_view kConnection = "airbyte";  // For messages.

Error state_fault(std::string what) {
  return {.code = ErrorCode::InvalidConfig, .message = "the state " + std::move(what)};
}

const std::string* text_in(const Value& value, std::string_view name) {
  const Value* member = value.find(name);
  return member == nullptr ? nullptr : member->as_string();
}

// The states of single streams in one STATE content.
Status collect(const Value& content, const std::string& place,
               const std::function<Status(const std::string&, const Value&)>& take) {
  const auto take_stream = [&](const Value& stream, const std::string& where) -> Status {
    const Value* descriptor = stream.find("stream_descriptor");
    const std::string* name = descriptor == nullptr ? nullptr : text_in(*descriptor, "name");
    if (name == nullptr) {
      return state_fault("names no stream at " + where + "/stream_descriptor/name");
    }
    const Value* state = stream.find("stream_state");
    return state == nullptr ? Status() : take(*name, *state);
  };
  if (const Value* stream = content.find("stream"); stream != nullptr && stream->is_map()) {
    return take_stream(*stream, place + "/stream");
  }
  if (const Value* global = content.find("global"); global != nullptr && global->is_map()) {
    const Value* states = global->find("stream_states");
    const List* list = states == nullptr ? nullptr : states->as_list();
    if (list == nullptr) {
      return state_fault("has no list at " + place + "/global/stream_states");
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
      TRY(take_stream((*list)[i], place + "/global/stream_states/" + std::to_string(i)));
    }
    return {};
  }
  if (const Value* data = content.find("data"); data != nullptr && data->is_map()) {
    for (const auto& [name, state] : data->as_map()->members()) {
      TRY(take(name, state));
    }
    return {};
  }
  return state_fault("has neither stream nor global nor data at " + place);
}

}  // namespace

Result<ProtocolState> ProtocolState::parse(const Value& input) {
  ProtocolState result;
  const auto take = [&](const std::string& name, const Value& state) {
    return result.take(name, state);
  };
  if (const Map* map = input.as_map()) {
    if (map->find("type") != nullptr) {
      TRY(collect(input, "", take));
    } else {
      for (const auto& [name, state] : map->members()) {
        TRY(take(name, state));
      }
    }
  } else if (const List* list = input.as_list()) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      TRY(collect((*list)[i], "/" + std::to_string(i), take));
    }
  } else if (!input.is_null()) {
    return state_fault("is neither a list nor an object");
  }
  return result;
}

Status ProtocolState::take(const std::string& name, const Value& state) {
  if (state.is_null()) {
    return {};
  }
  if (!state.is_map()) {
    return state_fault("of stream " + name + " is not an object");
  }
  Map cursor = *state.as_map();
  const Value* own = state.find(kOwnMember);
  const Value* attempt = own == nullptr ? nullptr : own->find(kStreamMember);
  cursor.erase(kOwnMember);
  cursor.erase(kNoCursor);

  Stream stream;
  if (const Value* slices = own == nullptr ? nullptr : own->find(kSlicesMember);
      slices != nullptr && slices->is_map()) {
    for (const auto& [key, slice] : slices->as_map()->members()) {
      if (key.empty()) {
        return state_fault("of stream " + name + " has a slice without a key");
      }
      stream.slices[key] = to_json(slice);
    }
  }
  std::vector<StateEntry> entries;
  if (attempt != nullptr) {
    entries.push_back({.stream = name, .slice = "", .json = to_json(*attempt)});
  }
  StreamState known = TRY(read_stream_state(kConnection, name, entries));
  known.cursor = cursor.empty() ? Value() : Value(std::move(cursor));
  stream.entry = stream_entry(name, known).json;
  TRY(look_into(name, stream));
  streams_[name] = std::move(stream);
  return {};
}

Status ProtocolState::look_into(const std::string& name, Stream& stream) {
  stream.cursor.clear();
  stream.attempt.clear();
  if (stream.entry.empty()) {
    return {};
  }
  const std::vector<StateEntry> entries{{.stream = name, .slice = "", .json = stream.entry}};
  StreamState known = TRY(read_stream_state(kConnection, name, entries));
  const Value cursor = std::exchange(known.cursor, Value());
  if (cursor.is_map() && !cursor.as_map()->empty()) {
    stream.cursor = to_json(cursor);
  } else if (!cursor.is_null() && !cursor.is_map()) {
    return Error{.code = ErrorCode::Unsupported,
                 .message = "the cursor of stream " + name +
                            " is no object, which the Airbyte protocol can not carry"};
  }
  if (known.attempt.has_value()) {
    stream.attempt = stream_entry(name, known).json;
  }
  return {};
}

std::vector<StateEntry> ProtocolState::entries() const {
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

Result<std::set<std::string>> ProtocolState::apply(const Checkpoint& checkpoint) {
  std::set<std::string> touched;
  std::set<std::string> changed;  // Those whose own entry is another.
  for (const StateKey& key : checkpoint.erased) {
    Stream& stream = streams_[key.stream];
    if (key.slice.empty()) {
      stream.entry.clear();
      changed.insert(key.stream);
    } else {
      stream.slices.erase(key.slice);
    }
    touched.insert(key.stream);
  }
  for (const StateEntry& entry : checkpoint.entries) {
    Stream& stream = streams_[entry.stream];
    if (entry.slice.empty()) {
      stream.entry = entry.json;
      changed.insert(entry.stream);
    } else {
      stream.slices[entry.slice] = entry.json;
    }
    touched.insert(entry.stream);
  }
  for (const std::string& name : changed) {
    TRY(look_into(name, streams_[name]));
  }
  return touched;
}

std::string ProtocolState::json_of(std::string_view name) const {
  const auto found = streams_.find(name);
  const Stream none;
  const Stream& stream = found == streams_.end() ? none : found->second;
  if (stream.attempt.empty()) {
    return stream.cursor.empty() ? "{\"" + std::string(kNoCursor) + "\":true}" : stream.cursor;
  }
  std::string json = "{";
  if (!stream.cursor.empty()) {
    json.append(stream.cursor, 1, stream.cursor.size() - 2);
    json += ',';
  }
  json += '"' + std::string(kOwnMember) + R"(":{"stream":)" + stream.attempt + R"(,"slices":{)";
  bool first = true;
  for (const auto& [key, slice] : stream.slices) {
    json += first ? "" : ",";
    append_json_string(json, key);
    json += ':';
    json += slice;
    first = false;
  }
  return json + "}}}";
}

}  // namespace tendril

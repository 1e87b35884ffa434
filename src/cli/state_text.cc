#include "cli/state_text.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "cli/amounts.h"
#include "cli/text_table.h"
#include "data/json.h"
#include "state/stream_state.h"

namespace tendril {
namespace {

constexpr std::size_t kCursorWidth = 60;

std::string cursor_text(const Value& cursor) {
  if (cursor.is_null()) {
    return "none: is read whole";
  }
  const std::string text = to_json(cursor);
  return display_width(text) <= kCursorWidth
             ? text
             : std::string(display_prefix(text, kCursorWidth - 1)) + "…";
}

std::string load_text(const StreamState& state) {
  if (!state.attempt) {
    return "";
  }
  const auto done =
      std::ranges::count_if(state.slices, [](const auto& slice) { return slice.second.done; });
  return fmt::format("{}, {} of {} slices, since {}", state.attempt->mode, done,
                     state.slices.size(), to_iso(state.attempt->started_at));
}

std::int64_t bytes_of(std::string_view stream, std::span<const StateEntry> entries) {
  std::int64_t bytes = 0;
  for (const StateEntry& entry : entries) {
    bytes += entry.stream == stream ? static_cast<std::int64_t>(entry.json.size()) : 0;
  }
  return bytes;
}

std::set<std::string> streams_of(std::span<const StateEntry> entries) {
  std::set<std::string> streams;
  for (const StateEntry& entry : entries) {
    streams.insert(entry.stream);
  }
  return streams;
}

}  // namespace

Result<std::string> state_table(std::string_view connection, std::span<const StateEntry> entries) {
  TextTable table({{"stream"}, {"cursor"}, {"load under way"}, {"size", true}});
  for (const std::string& stream : streams_of(entries)) {
    const StreamState state = TRY(read_stream_state(connection, stream, entries));
    table.add({stream, cursor_text(state.cursor), load_text(state),
               bytes_text(bytes_of(stream, entries))});
  }
  return table.text();
}

Result<Value> state_json(std::string_view connection, std::span<const StateEntry> entries) {
  List list;
  for (const StateEntry& entry : entries) {
    Value state = TRY(parse_json(entry.json));
    list.push_back(Map{{"stream", Value(entry.stream)},
                       {"slice", entry.slice.empty() ? Value() : Value(entry.slice)},
                       {"entry", std::move(state)}});
  }
  return Value(Map{{"connection", Value(connection)}, {"state", Value(std::move(list))}});
}

}  // namespace tendril

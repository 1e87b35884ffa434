#include "state/stream_state.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tendril {
namespace {

using testing::HasSubstr;

StreamState interrupted_load() {
  StreamState state;
  state.cursor = Map{{"updated_at", "2024-05-01T00:00:00Z"}};
  state.attempt = Attempt{.plan = Map{{"until", "2024-06-01T00:00:00Z"}},
                          .started_at = instant_from_micros(1'717'200'000'123'456),
                          .mode = "merge",
                          .incremental = true};
  state.slices["2024-05"] = {.done = true,
                             .value = Map{{"max", 7}},
                             .rows_rejected = 2,
                             .rows = 40,
                             .checksum = 0xfedcba9876543210U};
  state.slices["2024-06"] = {.done = false, .value = "page 3"};
  state.slices[""] = {.done = false, .value = nullptr};
  state.slices["=odd"] = {.done = true, .value = List{1, 2}};
  state.key = {"tenant", "id"};
  state.children = {"lines", "lines.taxes"};
  return state;
}

std::vector<StateEntry> entries_of(const std::string& stream, const StreamState& state) {
  std::vector<StateEntry> entries{stream_entry(stream, state)};
  for (const auto& [id, slice] : state.slices) {
    entries.push_back(slice_entry(stream, id, slice));
  }
  return entries;
}

Error error_of(std::string slice, std::string json) {
  const std::vector<StateEntry> entries{{"issues", std::move(slice), std::move(json)}};
  return read_stream_state("main", "issues", entries).error();
}

TEST(StreamState, ComesBackAsItWasStored) {
  const StreamState state = interrupted_load();

  const auto read = read_stream_state("main", "issues", entries_of("issues", state));

  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, state);
}

TEST(StreamState, OfAFeedComesBackWithItsTables) {
  StreamState state;
  state.cursor = Map{{"n", 7}};
  state.tables["users"] = {.key = {"id"}, .children = {"tags"}, .begun = true};
  state.tables["log"] = {};
  state.chosen = {"users", "log"};
  state.choosing = {"users"};

  const StateEntry entry = stream_entry("feed", state);
  const auto read = read_stream_state("main", "feed", std::vector{entry});

  EXPECT_EQ(entry.json,
            R"({"version":1,"cursor":{"n":7},"tables":{"log":{},"users":{"key":["id"],)"
            R"("children":["tags"],"begun":true}},"chosen":["users","log"],"choosing":["users"]})");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, state);
}

TEST(StreamState, IsStoredInTheDocumentedForm) {
  StreamState state;
  state.cursor = 5;

  EXPECT_EQ(stream_entry("issues", state).json, R"({"version":1,"cursor":5})");
  EXPECT_EQ(slice_entry("issues", "a", {.done = true, .value = "x"}).json,
            R"({"done":true,"result":"x"})");
  EXPECT_EQ(slice_entry("issues", "a", {.value = 3, .rows_rejected = 1}).json,
            R"({"progress":3,"rejected":1})");
  EXPECT_EQ(slice_entry("issues", "a", {.value = 3, .rows = 2, .checksum = 255}).json,
            R"({"progress":3,"rows":2,"checksum":"ff"})");
  state.key = {"id"};
  EXPECT_EQ(stream_entry("issues", state).json, R"({"version":1,"cursor":5,"key":["id"]})");
}

TEST(StreamState, OfAnUnknownStreamIsNew) {
  const auto read = read_stream_state("main", "labels", entries_of("issues", interrupted_load()));

  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, StreamState());
}

TEST(StreamState, NoSliceEverTakesTheKeyOfItsStream) {
  EXPECT_EQ(slice_key("issues", "").slice, "=");
  EXPECT_EQ(slice_key("issues", "=").slice, "==");
  EXPECT_EQ(slice_key("issues", "a=b").slice, "a=b");
}

TEST(StreamState, PassesOverMembersItDoesNotKnow) {
  const std::vector<StateEntry> entries{
      {"issues", "", R"({"version":1,"cursor":1,"colour":"red"})"},
      {"issues", "s", R"({"done":false,"progress":2,"colour":"red"})"}};

  const auto read = read_stream_state("main", "issues", entries);

  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->cursor, Value(1));
  EXPECT_EQ(read->slices.at("s").value, Value(2));
}

TEST(StreamState, OfANewerProgramIsNotGuessedAt) {
  const Error error = error_of("", R"({"version":2,"cursor":1})");

  EXPECT_EQ(error.code, ErrorCode::Unsupported);
  EXPECT_THAT(error.message, HasSubstr("version 2"));
}

TEST(StreamState, DamageIsNamedWithItsPlace) {
  const Error broken = error_of("2024-05", R"({"done":tr)");
  EXPECT_EQ(broken.code, ErrorCode::BadData);
  EXPECT_THAT(broken.message, HasSubstr("connection main, stream issues, slice 2024-05: "));

  const Error no_version = error_of("", R"({"cursor":1})");
  EXPECT_EQ(no_version.code, ErrorCode::BadData);
  EXPECT_THAT(no_version.message,
              HasSubstr("connection main, stream issues: member is missing: version"));
}

class DamagedEntry : public testing::TestWithParam<StateEntry> {};

TEST_P(DamagedEntry, IsRefused) {
  const StateEntry& entry = GetParam();

  EXPECT_EQ(error_of(entry.slice, entry.json).code, ErrorCode::BadData) << entry.json;
}

INSTANTIATE_TEST_SUITE_P(
    StreamState, DamagedEntry,
    testing::Values(StateEntry{"", "", ""}, StateEntry{"", "", "[]"},
                    StateEntry{"", "", R"({"version":1})"},
                    StateEntry{"", "", R"({"version":"1","cursor":1})"},
                    StateEntry{"", "", R"({"version":0,"cursor":1})"},
                    StateEntry{"", "", R"({"version":1,"cursor":1,"attempt":7})"},
                    StateEntry{"", "", R"({"version":1,"cursor":1,"attempt":{"plan":1}})"},
                    StateEntry{"", "",
                               R"({"version":1,"cursor":1,"attempt":{"plan":1,"started_at":"soon",)"
                               R"("mode":"merge","incremental":true}})"},
                    StateEntry{"", "",
                               R"({"version":1,"cursor":1,"attempt":{"plan":1,"started_at":)"
                               R"("2024-01-01T00:00:00Z","mode":"merge","incremental":1}})"},
                    StateEntry{"", "s", "{}"}, StateEntry{"", "s", R"({"done":true,"progress":1})"},
                    StateEntry{"", "s", R"({"done":1,"result":1})"},
                    StateEntry{"", "s", R"({"progress":1,"rejected":-1})"},
                    StateEntry{"", "s", R"({"progress":1,"rows":1,"checksum":"xyz"})"},
                    StateEntry{"", "", R"({"version":1,"cursor":1,"key":"id"})"},
                    StateEntry{"", "", R"({"version":1,"cursor":1,"key":[1]})"},
                    StateEntry{"", "", R"({"version":1,"cursor":1,"tables":[]})"},
                    StateEntry{"", "", R"({"version":1,"cursor":1,"tables":{"t":7}})"},
                    StateEntry{"", "", R"({"version":1,"cursor":1,"tables":{"t":{"begun":1}}})"},
                    StateEntry{"", "", R"({"version":1,"cursor":1,"chosen":"t"})"}));

}  // namespace
}  // namespace tendril

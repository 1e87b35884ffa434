#include "bridges/airbyte/protocol_state.h"

#include <gmock/gmock.h>

#include "data/json.h"
#include "state/stream_state.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Result<ProtocolState> parse(std::string_view json) {
  return ProtocolState::parse(parse_json(json).value());
}

StreamState state_of(const ProtocolState& state, std::string_view stream) {
  return read_stream_state("c", stream, state.entries()).value();
}

const Value kCursor = Map{{"updated_at", Value("2024-01-02")}};

StreamState under_way() {
  return {.cursor = kCursor,
          .attempt = Attempt{.plan = Value("p"),
                             .started_at = instant_from_micros(0),
                             .mode = "append",
                             .incremental = true}};
}

TEST(ProtocolStateOf, NothingIsEmpty) {
  EXPECT_THAT(parse("null")->entries(), IsEmpty());
  EXPECT_THAT(parse("[]")->entries(), IsEmpty());
  EXPECT_THAT(parse("{}")->entries(), IsEmpty());
  EXPECT_THAT(
      parse(R"([{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"}}}])")->entries(),
      IsEmpty());
}

TEST(ProtocolStateOf, ReadsEveryFormOfAState) {
  for (const char* json : {
           R"([{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"},
               "stream_state":{"updated_at":"2024-01-02"}}}])",
           R"({"type":"STREAM","stream":{"stream_descriptor":{"name":"s"},
               "stream_state":{"updated_at":"2024-01-02"}}})",
           R"([{"stream":{"stream_descriptor":{"name":"s","namespace":"n"},
               "stream_state":{"updated_at":"2024-01-02"}}}])",
           R"([{"type":"GLOBAL","global":{"shared_state":{"x":1},"stream_states":[
               {"stream_descriptor":{"name":"s"},"stream_state":{"updated_at":"2024-01-02"}}]}}])",
           R"([{"type":"LEGACY","data":{"s":{"updated_at":"2024-01-02"}}}])",
           R"({"s":{"updated_at":"2024-01-02"}})",
       }) {
    const Result<ProtocolState> state = parse(json);

    ASSERT_THAT(state, IsOk()) << json;
    EXPECT_EQ(state_of(*state, "s"), StreamState{.cursor = kCursor}) << json;
    EXPECT_EQ(state->json_of("s"), R"({"updated_at":"2024-01-02"})") << json;
  }
}

TEST(ProtocolStateOf, RefusesWhatIsNoState) {
  EXPECT_THAT(parse("7"), IsError(ErrorCode::InvalidConfig, HasSubstr("neither a list nor")));
  EXPECT_THAT(parse("[7]"), IsError(ErrorCode::InvalidConfig, HasSubstr("at /0")));
  EXPECT_THAT(parse(R"([{"type":"STREAM","stream":{"stream_state":{}}}])"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("/0/stream/stream_descriptor/name")));
  EXPECT_THAT(parse(R"([{"type":"GLOBAL","global":{}}])"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("/0/global/stream_states")));
  EXPECT_THAT(parse(R"({"s":{"_tendril":{"slices":{"":{}}}}})"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("slice without a key")));
  EXPECT_THAT(parse(R"({"s":7})"), IsError(ErrorCode::InvalidConfig, HasSubstr("of stream s")));
}

TEST(ProtocolStateOf, SaysThatAStreamKeepsNoCursor) {
  ProtocolState state = parse("null").value();

  const auto touched = state.apply({.entries = {stream_entry("s", {})}});

  EXPECT_THAT(touched, IsOkAndHolds(ElementsAre("s")));
  EXPECT_EQ(state.json_of("s"), R"({"__ab_no_cursor_state_message":true})");
  EXPECT_THAT(state_of(parse(R"({"s":{"__ab_no_cursor_state_message":true}})").value(), "s"),
              StreamState());
}

TEST(ProtocolStateOf, GoesOnWithALoadThatWasCutShort) {
  ProtocolState state = parse(R"({"s":{"updated_at":"2024-01-02"}})").value();
  const SliceState first{.done = true, .value = Value("r")};
  const SliceState second{.value = Map{{"page", Value(7)}}, .rows_rejected = 2};
  ASSERT_THAT(state.apply({.entries = {stream_entry("s", under_way()), slice_entry("s", "1", first),
                                       slice_entry("s", "", second)}}),
              IsOk());

  const std::string sent = R"({"s":)" + state.json_of("s") + "}";
  const Result<ProtocolState> back = parse(sent);

  ASSERT_THAT(back, IsOk()) << sent;
  StreamState expected = under_way();
  expected.slices = {{"1", first}, {"", second}};
  EXPECT_EQ(state_of(*back, "s"), expected);
  EXPECT_EQ(back->json_of("s"), state.json_of("s"));
  EXPECT_THAT(sent, HasSubstr(R"({"updated_at":"2024-01-02","_tendril":)"));
}

TEST(ProtocolStateOf, GoesOnWithAFirstLoadToo) {
  StreamState load = under_way();
  load.cursor = Value();
  ProtocolState state = parse("null").value();
  ASSERT_THAT(state.apply({.entries = {stream_entry("s", load)}}), IsOk());

  const Result<ProtocolState> back = parse(R"({"s":)" + state.json_of("s") + "}");

  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(state_of(*back, "s"), load);
}

TEST(ProtocolStateOf, DropsTheLoadAtItsEnd) {
  ProtocolState state = parse("null").value();
  ASSERT_THAT(state.apply({.entries = {stream_entry("s", under_way()),
                                       slice_entry("s", "1", {.done = true, .value = Value()})}}),
              IsOk());

  const auto touched = state.apply(
      {.erased = {slice_key("s", "1")}, .entries = {stream_entry("s", {.cursor = kCursor})}});

  EXPECT_THAT(touched, IsOkAndHolds(ElementsAre("s")));
  EXPECT_EQ(state.json_of("s"), R"({"updated_at":"2024-01-02"})");
}

TEST(ProtocolStateOf, RefusesAStateOfANewerProgram) {
  EXPECT_THAT(parse(R"({"s":{"_tendril":{"stream":{"version":2,"cursor":null}}}})"),
              IsError(ErrorCode::Unsupported, HasSubstr("stream s")));
}

TEST(ProtocolStateOf, RefusesACursorThatIsNoObject) {
  ProtocolState state = parse("null").value();

  EXPECT_THAT(state.apply({.entries = {stream_entry("s", {.cursor = Value(7)})}}),
              IsError(ErrorCode::Unsupported, HasSubstr("stream s")));
}

}  // namespace
}  // namespace tendril

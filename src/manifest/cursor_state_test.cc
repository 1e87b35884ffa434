#include "manifest/cursor_state.h"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "manifest/client_pool.h"
#include "testing/fake_clock.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

class NullSink final : public LogSink {
 public:
  void line(LogLevel, std::string_view) override {}
};

class NoTransport final : public Transport {
 public:
  Result<Response> send(const Request&, std::stop_token) override {
    return Error{ErrorCode::Internal, "no request is expected"};
  }
  Result<Response> stream(const Request&, const BodySink&, std::stop_token) override {
    return Error{ErrorCode::Internal, "no request is expected"};
  }
};

Instant at(const char* text) { return parse_datetime(text).value().instant; }

class CursorStateTest : public ::testing::Test {
 protected:
  DatetimeCursor cursor(const std::string& more = "") {
    const Node node = parse_yaml(
                          "type: DatetimeBasedCursor\n"
                          "cursor_field: at\n"
                          "datetime_format: \"%Y-%m-%d\"\n"
                          "start_datetime: \"2024-01-01\"\n" +
                              more,
                          "test.yaml")
                          .value();
    return DatetimeCursor::compile(node, environment_).value();
  }

  static CursorState parsed(const char* json, const DatetimeCursor& cursor) {
    return CursorState::parse(parse_json(json).value(), cursor).value();
  }

  const Window span_{at("2024-01-01"), at("2024-02-01")};
  Value config_ = Map();
  FakeClock clock_;
  Redactor redactor_;
  NullSink sink_;
  Log log_{LogLevel::Off, LogFormat::Text, clock_, redactor_, sink_};
  NoTransport transport_;
  ConfigSaver save_;
  ClientPool pool_{{config_, transport_, clock_, redactor_, save_}, log_, clock_};
  Environment environment_{config_, clock_, log_, pool_};
};

TEST_F(CursorStateTest, ReadsTheShapesOfTheReference) {
  const DatetimeCursor cursor = this->cursor();
  const Map red{{"team", "red"}};
  const Map blue{{"team", "blue"}};

  EXPECT_EQ(parsed("null", cursor).read_until(Map()), std::nullopt);
  EXPECT_EQ(parsed("{}", cursor).read_until(red), std::nullopt);
  EXPECT_EQ(parsed(R"({"at":"2024-01-05"})", cursor).read_until(Map()), at("2024-01-05"));
  // A state from before the stream had partitions holds for all of them.
  EXPECT_EQ(parsed(R"({"at":"2024-01-05"})", cursor).read_until(red), at("2024-01-05"));

  const CursorState each = parsed(
      R"({"states":[{"partition":{"team":"red"},"cursor":{"at":"2024-01-06"}}],
          "state":{"at":"2024-01-07"},"parent_state":{"teams":{"x":1}}})",
      cursor);
  EXPECT_EQ(each.read_until(red), at("2024-01-06"));
  EXPECT_EQ(each.read_until(blue), std::nullopt);
  EXPECT_EQ(to_json(each.parent_states()), R"({"teams":{"x":1}})");

  const CursorState global =
      parsed(R"({"use_global_cursor":true,"state":{"at":"2024-01-07"}})", cursor);
  EXPECT_EQ(global.read_until(red), at("2024-01-07"));
}

TEST_F(CursorStateTest, FindsPartitionsWhateverTheOrderOfTheirFields) {
  const CursorState state =
      parsed(R"({"states":[{"partition":{"a":1,"b":{"c":2,"d":3}},"cursor":{"at":"2024-01-06"}}]})",
             cursor());

  EXPECT_EQ(state.read_until(Map{{"b", Map{{"d", 3}, {"c", 2}}}, {"a", 1}}), at("2024-01-06"));
}

TEST_F(CursorStateTest, KeepsPartitionsThatThisRunDidNotSee) {
  const DatetimeCursor cursor = this->cursor();
  const CursorState state =
      parsed(R"({"states":[{"partition":{"team":"red"},"cursor":{"at":"2024-01-06"}}]})", cursor);
  const std::vector<SliceOutcome> outcomes{
      {Map{{"team", "blue"}}, at("2024-01-09")},
      {Map{{"team", "blue"}}, at("2024-01-08")},
  };

  EXPECT_EQ(to_json(state.after(cursor, span_, outcomes, true)),
            R"({"use_global_cursor":false,"states":[)"
            R"({"partition":{"team":"blue"},"cursor":{"at":"2024-01-09"}},)"
            R"({"partition":{"team":"red"},"cursor":{"at":"2024-01-06"}}],)"
            R"("state":{"at":"2024-01-09"}})");
}

TEST_F(CursorStateTest, NeverMovesBackOrPastTheSpan) {
  const DatetimeCursor cursor = this->cursor();
  const auto after = [&](const char* state, const char* latest) {
    const std::vector<SliceOutcome> outcomes{{Map(), at(latest)}};
    return to_json(parsed(state, cursor).after(cursor, span_, outcomes, false));
  };

  EXPECT_EQ(after(R"({"at":"2024-01-20"})", "2024-01-10"), R"({"at":"2024-01-20"})");
  EXPECT_EQ(after("null", "2024-05-05"), R"({"at":"2024-02-01"})");
  EXPECT_EQ(after("null", "2020-05-05"), R"({"at":"2024-01-01"})");
}

TEST_F(CursorStateTest, TakesOneTimeForAllWhenThereAreTooManyPartitions) {
  const DatetimeCursor cursor = this->cursor();
  std::vector<SliceOutcome> outcomes;
  for (std::size_t i = 0; i <= CursorState::kPartitionsMax; ++i) {
    outcomes.push_back({Map{{"id", static_cast<std::int64_t>(i)}}, std::nullopt});
  }
  outcomes.back().most_recent = at("2024-01-15");

  EXPECT_EQ(to_json(parsed("null", cursor).after(cursor, span_, outcomes, true)),
            R"({"use_global_cursor":true,"state":{"at":"2024-01-15"}})");
}

TEST_F(CursorStateTest, RefusesStepsThatLeadNowhere) {
  const auto compiled = [&](const std::string& more) {
    const Node node = parse_yaml(
                          "type: DatetimeBasedCursor\n"
                          "cursor_field: at\n"
                          "datetime_format: \"%Y\"\n"
                          "start_datetime: \"2024\"\n" +
                              more,
                          "test.yaml")
                          .value();
    return DatetimeCursor::compile(node, environment_);
  };

  EXPECT_THAT(compiled("step: P1D\n"), IsError(ErrorCode::InvalidConfig));
  EXPECT_THAT(compiled("step: P0D\ncursor_granularity: P1D\n"), IsError(ErrorCode::InvalidConfig));
  EXPECT_THAT(compiled("step: PT1S\ncursor_granularity: P1D\n"), IsError(ErrorCode::InvalidConfig));
  EXPECT_THAT(compiled("step: often\ncursor_granularity: P1D\n"),
              IsError(ErrorCode::InvalidConfig));
  EXPECT_THAT(compiled("step: P1M\ncursor_granularity: P1D\n"), IsOk());
}

}  // namespace
}  // namespace tendril

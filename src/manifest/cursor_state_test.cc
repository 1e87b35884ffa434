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
  using Cursor = std::unique_ptr<const StreamCursor>;

  Cursor cursor(const std::string& more = "") {
    const Node node = parse_yaml(
                          "type: DatetimeBasedCursor\n"
                          "cursor_field: at\n"
                          "datetime_format: \"%Y-%m-%d\"\n"
                          "start_datetime: \"2024-01-01\"\n" +
                              more,
                          "test.yaml")
                          .value();
    return datetime_cursor(node, environment_).value();
  }

  static CursorState parsed(const char* json, const Cursor& cursor) {
    return CursorState::parse(parse_json(json).value(), *cursor).value();
  }

  // Up to when the partition was read: "2024-01-06"; the start of the run where it never was.
  std::string until(const CursorState& state, const Map& partition) const {
    return to_iso(state.read_spans(partition, span_).value().complete_until()).substr(0, 10);
  }

  RunFacts facts(std::vector<Map> new_partitions) const {
    return {.span = span_,
            .started = span_.end,
            .took = std::chrono::milliseconds(2500),
            .has_partitions = true,
            .new_partitions = std::move(new_partitions)};
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
  const Cursor cursor = this->cursor();
  const Map red{{"team", "red"}};
  const Map blue{{"team", "blue"}};

  EXPECT_EQ(until(parsed("null", cursor), Map()), "2024-01-01");
  EXPECT_EQ(until(parsed("{}", cursor), red), "2024-01-01");
  EXPECT_EQ(until(parsed(R"({"at":"2024-01-05"})", cursor), Map()), "2024-01-05");
  // A state from before the stream had partitions holds for all of them.
  EXPECT_EQ(until(parsed(R"({"at":"2024-01-05"})", cursor), red), "2024-01-05");

  const CursorState each = parsed(
      R"({"states":[{"partition":{"team":"red"},"cursor":{"at":"2024-01-06"}}],
          "parent_state":{"teams":{"x":1}}})",
      cursor);
  EXPECT_EQ(until(each, red), "2024-01-06");
  EXPECT_EQ(until(each, blue), "2024-01-01");
  EXPECT_EQ(to_json(each.parent_states()), R"({"teams":{"x":1}})");

  const CursorState global =
      parsed(R"({"use_global_cursor":true,"state":{"at":"2024-01-07"}})", cursor);
  EXPECT_EQ(until(global, red), "2024-01-07");
}

TEST_F(CursorStateTest, StartsNewPartitionsFromTheStateOfAllLessTheTimeOfTheLastRun) {
  const Cursor cursor = this->cursor();
  const CursorState state =
      parsed(R"({"states":[{"partition":{"team":"red"},"cursor":{"at":"2024-01-06"}}],
                 "state":{"at":"2024-01-07"},"lookback_window":90000})",
             cursor);

  EXPECT_EQ(until(state, Map{{"team", "red"}}), "2024-01-06");
  // A day and an hour before, as exact as the format is.
  EXPECT_EQ(until(state, Map{{"team", "blue"}}), "2024-01-05");
}

TEST_F(CursorStateTest, ReadsSpansThatOtherRuntimesKept) {
  const Cursor cursor = this->cursor("step: P10D\ncursor_granularity: P1D\n");
  const CursorState state = parsed(
      R"({"state_type":"date-range","slices":[{"start":"2024-01-05","end":"2024-01-10"},
          {"start":"2024-01-20","end":"2024-01-25","most_recent_cursor_value":"2024-01-24"}]})",
      cursor);

  const auto plans = state.read_spans(Map(), span_).value().unread(*cursor, span_.end);

  std::vector<std::string> windows;
  for (const WindowPlan& plan : plans) {
    Windows all(cursor->options().rules, plan);
    while (const auto window = all.next()) {
      windows.push_back(to_iso(window->start).substr(5, 5) + " " +
                        to_iso(window->end).substr(5, 5));
    }
  }
  EXPECT_THAT(windows, ::testing::ElementsAre("01-01 01-04", "01-11 01-19", "01-25 02-01"));
}

TEST_F(CursorStateTest, FindsPartitionsWhateverTheOrderOfTheirFields) {
  const Cursor cursor = this->cursor();
  const CursorState state =
      parsed(R"({"states":[{"partition":{"a":1,"b":{"c":2,"d":3}},"cursor":{"at":"2024-01-06"}}]})",
             cursor);

  EXPECT_EQ(until(state, Map{{"b", Map{{"d", 3}, {"c", 2}}}, {"a", 1}}), "2024-01-06");
}

TEST_F(CursorStateTest, KeepsPartitionsThatThisRunDidNotSee) {
  const Cursor cursor = this->cursor();
  const CursorState state =
      parsed(R"({"states":[{"partition":{"team":"red"},"cursor":{"at":"2024-01-06"}}]})", cursor);
  const Map blue{{"team", "blue"}};
  const Map day{{"start_time", "2024-01-01"}, {"end_time", "2024-02-01"}};
  const std::vector<SliceOutcome> outcomes{{blue, day, at("2024-01-09")},
                                           {blue, day, at("2024-01-08")}};

  EXPECT_EQ(to_json(state.after(outcomes, facts({blue})).value()),
            R"({"use_global_cursor":false,"states":[)"
            R"({"partition":{"team":"red"},"cursor":{"at":"2024-01-06"}},)"
            R"({"partition":{"team":"blue"},"cursor":{"at":"2024-01-09"}}],)"
            R"("state":{"at":"2024-01-09"},"lookback_window":3})");
}

TEST_F(CursorStateTest, NeverMovesBackOrPastTheRun) {
  const Cursor cursor = this->cursor();
  const auto after = [&](const char* state, const char* latest) {
    const std::vector<SliceOutcome> outcomes{
        {Map(), Map{{"start_time", "2024-01-01"}, {"end_time", "2024-02-01"}}, at(latest)}};
    const RunFacts run{.span = span_, .started = span_.end};
    return to_json(parsed(state, cursor).after(outcomes, run).value());
  };

  EXPECT_EQ(after(R"({"at":"2024-01-20"})", "2024-01-10"), R"({"at":"2024-01-20"})");
  EXPECT_EQ(after("null", "2024-05-05"), R"({"at":"2024-02-01"})");
  EXPECT_EQ(after("null", "2020-05-05"), R"({"at":"2024-01-01"})");
  EXPECT_EQ(after(R"({"at":"2024-01-20","more":1})", "2024-01-10"),
            R"({"at":"2024-01-20","more":1})");
}

// Windows by the second in a format of days leave gaps, of which the reference knows.
TEST_F(CursorStateTest, StopsAtTheFirstGap) {
  const Cursor cursor = this->cursor("step: P1D\ncursor_granularity: PT1S\n");
  const auto window = [](const char* start, const char* end) {
    return Map{{"start_time", start}, {"end_time", end}};
  };
  const std::vector<SliceOutcome> outcomes{
      {Map(), window("2024-01-01", "2024-01-01"), at("2024-01-01")},
      {Map(), window("2024-01-02", "2024-01-02"), at("2024-01-02")}};
  const RunFacts run{.span = span_, .started = span_.end};

  EXPECT_EQ(to_json(parsed("null", cursor).after(outcomes, run).value()), R"({"at":"2024-01-01"})");
}

TEST_F(CursorStateTest, TakesOneTimeForAllWhenThereAreTooManyPartitions) {
  const Cursor cursor = this->cursor();
  const std::vector<SliceOutcome> outcomes{
      {Map{{"id", 1}}, Map{{"start_time", "2024-01-01"}, {"end_time", "2024-02-01"}}},
      {Map{{"id", 2}}, Map{{"start_time", "2024-01-01"}, {"end_time", "2024-02-01"}},
       at("2024-01-15")}};
  RunFacts many = facts({});
  many.has_too_many_partitions = true;

  EXPECT_EQ(to_json(parsed("null", cursor).after(outcomes, many).value()),
            R"({"use_global_cursor":true,"state":{"at":"2024-01-15"},"lookback_window":3})");
}

TEST_F(CursorStateTest, KeepsTheStateOfAllWithoutRecords) {
  const Cursor cursor = this->cursor();
  const CursorState state = parsed(
      R"({"use_global_cursor":true,"state":{"at":"2024-01-07"},"lookback_window":9})", cursor);

  EXPECT_EQ(to_json(state.after({}, facts({})).value()),
            R"({"use_global_cursor":true,"state":{"at":"2024-01-07"},"lookback_window":9})");
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
    return datetime_cursor(node, environment_);
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

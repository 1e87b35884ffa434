#include "bridges/airbyte/protocol_destination.h"

#include <array>
#include <string>
#include <vector>

#include <unistd.h>

#include <gmock/gmock.h>

#include "bridges/airbyte/message_log.h"
#include "core/standing_clock.h"
#include "data/batch_builder.h"
#include "data/json.h"
#include "state/stream_state.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const TableSchema kTable{.name = "s", .columns = {{"id", {TypeKind::Long}}}};

Batch rows_of(const TableSchema& schema, std::int64_t count) {
  BatchBuilder rows(schema);
  for (std::int64_t id = 0; id < count; ++id) {
    rows.cell(schema.columns.front().name).append_int(id);
    rows.end_row();
  }
  return rows.take().value();
}

class ProtocolDestinationTest : public ::testing::Test {
 protected:
  ProtocolDestinationTest() { EXPECT_EQ(::pipe(pipe_.data()), 0); }
  ~ProtocolDestinationTest() override {
    ::close(pipe_[0]);
    ::close(pipe_[1]);
  }

  // What was sent since the last call, each message shortened to what tells it apart.
  std::vector<std::string> sent() {
    std::string text(65536, '\0');
    EXPECT_EQ(::write(pipe_[1], "\n", 1), 1);  // So that read() never waits.
    text.resize(static_cast<std::size_t>(::read(pipe_[0], text.data(), text.size())));
    std::vector<std::string> names;
    for (std::size_t at = 0; at + 1 < text.size();) {
      const std::size_t end = text.find('\n', at);
      names.push_back(name_of(parse_json(text.substr(at, end - at)).value()));
      at = end + 1;
    }
    return names;
  }

  static std::string name_of(const Value& message) {
    const std::string type = *message.find("type")->as_string();
    const auto at = [&](const char* pointer) { return to_json(*find_pointer(message, pointer)); };
    if (type == "RECORD") {
      return at("/record/data");
    }
    if (type == "STATE") {
      return at("/state/stream/stream_state") + " " + at("/state/sourceStats/recordCount");
    }
    if (type == "LOG") {
      return at("/log/message");
    }
    return find_pointer(message, "/trace/stream_status") != nullptr
               ? at("/trace/stream_status/status")
               : at("/trace/error/message");
  }

  std::array<int, 2> pipe_{};
  MessageWriter writer_{pipe_[1]};
  const std::unique_ptr<Clock> clock_ = standing_clock(instant_from_micros(0));
  Redactor redactor_;
  MessageLog sink_{writer_};
  Log log_{LogLevel::Info, LogFormat::Json, *clock_, redactor_, sink_};
  ProtocolDestination destination_{
      {.writer = writer_, .clock = *clock_, .log = log_, .redactor = redactor_}, {}};
};

TEST_F(ProtocolDestinationTest, SendsAStreamFromItsStartToItsEnd) {
  destination_.start_stream("s");
  ASSERT_THAT(destination_.prepare({.schema = kTable}), IsOk());
  ASSERT_THAT(destination_.write(rows_of(kTable, 2)), IsOk());
  const auto counts =
      destination_.commit({.entries = {stream_entry("s", {.cursor = Map{{"id", Value(1)}}})}});
  destination_.complete_stream("s");

  EXPECT_THAT(sent(), ElementsAre("\"STARTED\"", "\"RUNNING\"", R"({"id":0})", R"({"id":1})",
                                  R"({"id":1} 2.0)", "\"COMPLETE\""));
  ASSERT_THAT(counts, IsOk());
  ASSERT_EQ(counts->size(), 1U);
  EXPECT_EQ(counts->front().rows_written, 2);
  EXPECT_EQ(destination_.record_count(), 2);
}

TEST_F(ProtocolDestinationTest, CountsAnewAfterEachState) {
  ASSERT_THAT(destination_.prepare({.schema = kTable}), IsOk());
  const Checkpoint checkpoint{.entries = {stream_entry("s", {})}};
  ASSERT_THAT(destination_.write(rows_of(kTable, 1)), IsOk());
  ASSERT_THAT(destination_.commit(checkpoint), IsOk());
  ASSERT_THAT(destination_.write(rows_of(kTable, 1)), IsOk());
  ASSERT_THAT(destination_.write(rows_of(kTable, 1)), IsOk());
  ASSERT_THAT(destination_.commit(checkpoint), IsOk());
  ASSERT_THAT(destination_.commit({}), IsOkAndHolds(IsEmpty()));

  const std::string state = R"({"__ab_no_cursor_state_message":true} )";
  EXPECT_THAT(sent(), ElementsAre("\"RUNNING\"", R"({"id":0})", state + "1.0", R"({"id":0})",
                                  R"({"id":0})", state + "2.0"));
}

TEST_F(ProtocolDestinationTest, SaysWhyAStreamIsIncomplete) {
  redactor_.add(Secret("hunter22"));
  destination_.leave_stream_incomplete("s", Error{ErrorCode::Unavailable, "no hunter22"});
  destination_.leave_stream_incomplete("t", std::nullopt);

  EXPECT_THAT(sent(), ElementsAre("\"no ***\"", "\"INCOMPLETE\"", "\"INCOMPLETE\""));
}

TEST_F(ProtocolDestinationTest, LogsRejectedRecords) {
  const TableSchema rejected{.name = "_tendril_rejected",
                             .columns = {{"reason", {TypeKind::String}}}};
  ASSERT_THAT(destination_.prepare({.schema = rejected}), IsOk());
  BatchBuilder rows(rejected);
  rows.cell("reason").append_string("record is no object");
  rows.end_row();

  ASSERT_THAT(destination_.write(rows.take().value()), IsOk());

  EXPECT_THAT(sent(), ElementsAre(HasSubstr("record was rejected record={")));
  const auto counts = destination_.commit({});
  ASSERT_THAT(counts, IsOk());
  EXPECT_EQ(counts->front().rows_written, 1);
}

TEST_F(ProtocolDestinationTest, HandsOutTheStateItWasGiven) {
  ProtocolDestination destination(
      {.writer = writer_, .clock = *clock_, .log = log_, .redactor = redactor_},
      ProtocolState::parse(parse_json(R"({"s":{"id":7}})").value()).value());

  const auto entries = destination.load_state();

  ASSERT_THAT(entries, IsOk());
  EXPECT_EQ(read_stream_state("c", "s", *entries)->cursor, Value(Map{{"id", Value(7)}}));
}

TEST_F(ProtocolDestinationTest, EndsWhenNobodyReads) {
  MessageWriter nowhere(-1);
  ProtocolDestination destination(
      {.writer = nowhere, .clock = *clock_, .log = log_, .redactor = redactor_}, {});
  destination.start_stream("s");

  EXPECT_THAT(destination.commit({}),
              IsError(ErrorCode::System, HasSubstr("messages can not be written")));
}

TEST_F(ProtocolDestinationTest, TakesOnlyTablesThatGrow) {
  EXPECT_THAT(destination_.prepare({.schema = kTable, .mode = WriteMode::Merge}),
              IsError(ErrorCode::Internal));
  EXPECT_THAT(destination_.write(rows_of(kTable, 1)),
              IsError(ErrorCode::Internal, HasSubstr("not prepared: s")));
}

}  // namespace
}  // namespace tendril

#include "bridges/partner/update_destination.h"

#include <gmock/gmock.h>

#include "connector_sdk.pb.h"
#include "core/standing_clock.h"
#include "data/batch_builder.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const TableSchema kItems{"items", {{"id", {TypeKind::Long}}}, {"id"}};

class UpdateDestinationTest : public testing::Test, public UpdateOutlet, public LogSink {
 protected:
  Status send(const wire::UpdateResponse& message) override {
    sent_.push_back(message.ShortDebugString());
    return {};
  }
  void line(LogLevel /*level*/, std::string_view text) override { logged_ += text; }

  static Batch rows_of(const TableSchema& schema) {
    BatchBuilder rows(schema);
    for (const Column& column : schema.columns) {
      rows.cell(column.name).append_int(1);
    }
    rows.end_row();
    return rows.take().value();
  }

  static PartnerState state(const char* json) { return PartnerState::parse(json).value(); }

  std::vector<std::string> sent_;
  std::string logged_;
  const TableChoice all_;
  const std::unique_ptr<Clock> clock_ = standing_clock(Instant());
  const Redactor redactor_;
  Log log_{LogLevel::Info, LogFormat::Json, *clock_, redactor_, *this};
  UpdateDestination destination_{{*this, all_, log_}, state("")};
};

TEST_F(UpdateDestinationTest, SendsRecordsAndTheStateThatCoversThem) {
  ASSERT_THAT(destination_.prepare({.schema = kItems, .mode = WriteMode::Merge}), IsOk());
  ASSERT_THAT(destination_.write(rows_of(kItems)), IsOk());

  const auto counts = destination_.commit({.entries = {{"items", "", R"({"a":1})"}}});

  ASSERT_THAT(counts, IsOk());
  EXPECT_EQ(counts->front().rows_written, 1);
  EXPECT_THAT(
      sent_,
      ElementsAre("records { records { table_name: \"items\" data { key: \"id\" value { long: 1 } "
                  "} } }",
                  "checkpoint { state_json: "
                  "\"{\\\"version\\\":1,\\\"streams\\\":{\\\"items\\\":{\\\"state\\\":{\\\"a\\\":1}"
                  "}}}\" }"));
}

TEST_F(UpdateDestinationTest, EmptiesATableThatIsReadWholeAgainButNotOneThatGoesOn) {
  ASSERT_THAT(destination_.prepare({.schema = kItems, .mode = WriteMode::Replace}), IsOk());
  EXPECT_THAT(sent_, ElementsAre("records { records { table_name: \"items\" type: TRUNCATE } }"));
  sent_.clear();
  ASSERT_THAT(destination_.prepare({.schema = kItems, .mode = WriteMode::Replace, .resume = true}),
              IsOk());
  EXPECT_THAT(sent_, IsEmpty());
}

TEST_F(UpdateDestinationTest, TellsOfColumnsThatTheCatalogDidNotHave) {
  const TableSchema wider{"items", {{"id", {TypeKind::Long}}, {"n", {TypeKind::Int}}}, {"id"}};
  ASSERT_THAT(destination_.prepare({.schema = kItems, .mode = WriteMode::Merge}), IsOk());
  ASSERT_THAT(destination_.write(rows_of(wider)), IsOk());
  ASSERT_THAT(destination_.write(rows_of(wider)), IsOk());

  ASSERT_EQ(sent_.size(), 3U);
  EXPECT_EQ(sent_.front(),
            "schema_change { without_schema { tables { name: \"items\" columns { name: \"id\" "
            "type: LONG primary_key: true } columns { name: \"n\" type: INT } } } }");
}

TEST_F(UpdateDestinationTest, LogsRejectedRowsAndSendsNone) {
  const TableSchema rejected{"_tendril_rejected", {{"id", {TypeKind::Long}}}};
  ASSERT_THAT(destination_.prepare({.schema = rejected}), IsOk());
  ASSERT_THAT(destination_.write(rows_of(rejected)), IsOk());

  EXPECT_THAT(sent_, IsEmpty());
  EXPECT_THAT(logged_, HasSubstr("record was rejected"));
}

TEST_F(UpdateDestinationTest, SaysWhatTheUserHasToKnowAndToDo) {
  ASSERT_THAT(destination_.warn("w"), IsOk());
  ASSERT_THAT(destination_.ask("t"), IsOk());
  EXPECT_THAT(sent_, ElementsAre("warning { message: \"w\" }", "task { message: \"t\" }"));
}

TEST(PartnerStateTest, IsTheSameAgain) {
  PartnerState state = PartnerState::parse("{}").value();
  EXPECT_THAT(state.entries(), IsEmpty());
  state.apply({.entries = {{"a", "", R"({"x":[1,2.5]})"}, {"a", "s\"1", "{}"}, {"b", "k", "1"}}});
  const std::string json = state.json();

  const PartnerState again = PartnerState::parse(json).value();

  EXPECT_EQ(again.json(), json);
  EXPECT_EQ(again.entries(), state.entries());
  state.apply({.erased = {{"a", "s\"1"}, {"b", "k"}}});
  EXPECT_EQ(state.json(), R"({"version":1,"streams":{"a":{"state":{"x":[1,2.5]}}}})");
}

TEST(PartnerStateTest, KeepsValuesThatWereWrittenInAnotherWay) {
  PartnerState state = PartnerState::parse("{}").value();
  state.apply({.entries = {{"a", "", R"({ "x": [1.0, 2.50, 123456789012345678901] })"}}});

  const PartnerState again = PartnerState::parse(state.json()).value();

  ASSERT_EQ(again.entries().size(), 1U);
  EXPECT_EQ(again.entries()[0].json, R"({"x":[1.0,2.5,123456789012345678901]})");
}

TEST(PartnerStateTest, OfOthersIsRefused) {
  for (const char* json : {"[]", "7", "{", R"({"cursor":1})", R"({"version":"1","streams":{}})"}) {
    EXPECT_THAT(PartnerState::parse(json), IsError(ErrorCode::InvalidConfig)) << json;
  }
  EXPECT_THAT(PartnerState::parse(R"({"version":2,"streams":{}})"),
              IsError(ErrorCode::Unsupported));
}

}  // namespace
}  // namespace tendril

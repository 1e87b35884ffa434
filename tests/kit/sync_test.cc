// What the operations of the kit for C++ become, as the program's parser reads it.
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <tendril/sdk/sync.h>

#include <gmock/gmock.h>

#include "bridges/fivetran/connector_process.h"
#include "sent_frames.h"

namespace tendril {
namespace {

using sdk::ConnectorError;
using sdk::Field;
using sdk::Sync;
using sdk::Type;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class SyncTest : public ::testing::Test {
 protected:
  std::vector<RowsFrame> rows() {
    kept_ = frames_.all();
    std::vector<RowsFrame> found;
    for (const SentFrames::Frame& frame : kept_) {
      const auto parsed = parse_rows(frame.payload);
      EXPECT_TRUE(frame.kind == FrameKind::Rows && parsed.ok());
      found.push_back(*parsed);
    }
    return found;
  }

  // The kinds of all frames, and of those of rows the operation and the table.
  std::vector<std::string> order() {
    std::vector<std::string> found;
    kept_ = frames_.all();
    for (const SentFrames::Frame& frame : kept_) {
      const auto parsed = parse_rows(frame.payload);
      found.push_back(frame.kind == FrameKind::Rows ? std::string(to_string(parsed->operation)) +
                                                          " " + std::string(parsed->table)
                                                    : std::to_string(static_cast<int>(frame.kind)));
    }
    return found;
  }

  static FrameCell cell(const RowsFrame& frame, std::string_view column, std::size_t row = 0) {
    const FrameColumn* const found = frame.find(column);
    EXPECT_NE(found, nullptr) << column;
    return found == nullptr ? FrameCell() : found->cell(row);
  }

  // What is wrong with a value in a column of the type.
  std::string refusal(Type type, const sdk::Cell& value) {
    Sync target(frames_.writer(), {{"t", {"id"}, {{"c", type}}}}, false);
    try {
      target.upsert("t", {{"id", 7}, {"c", value}});
    } catch (const ConnectorError& fault) {
      return fault.what();
    }
    return "";
  }

  // As what it travels, in a column of the type.
  FrameCell sent(Type type, const sdk::Cell& value) {
    Sync target(frames_.writer(), {{"t", {}, {{"c", type}}}}, false);
    target.upsert("t", {{"c", value}});
    target.finish();
    const std::vector<RowsFrame> all = rows();
    return cell(all.back(), "c");
  }

  SentFrames frames_;
  std::vector<SentFrames::Frame> kept_;
};

TEST_F(SyncTest, SpeaksTheProgramsProtocol) {
  EXPECT_EQ(sdk::kProtocol, kProjectProtocol);
  EXPECT_STREQ(sdk::kKitVersion, TENDRIL_VERSION);
}

TEST_F(SyncTest, EveryTypeTravelsAsItself) {
  const auto day = std::chrono::year(1969) / 12 / 31;
  const sdk::Json tree{{"a", 1}};

  EXPECT_EQ(sent(Type::Boolean, true).tag, CellTag::True);
  EXPECT_EQ(sent(Type::Unspecified, false).tag, CellTag::False);
  EXPECT_EQ(sent(Type::Long, INT64_MIN).number, INT64_MIN);
  EXPECT_EQ(sent(Type::Double, 0.1).real, 0.1);
  EXPECT_EQ(sent(Type::Double, 3).real, 3.0);
  EXPECT_EQ(sent(Type::decimal(10, 2), sdk::Decimal("-12.50")).text, "-12.50");
  EXPECT_EQ(sent(Type::decimal(10, 2), sdk::Decimal(-5, 2)).text, "-0.05");
  EXPECT_EQ(sent(Type::Unspecified, sdk::Decimal(1250, 0)).text, "1250");
  EXPECT_EQ(sent(Type::String, "ü").text, "ü");
  EXPECT_EQ(sent(Type::String, 12).text, "12");
  EXPECT_EQ(sent(Type::Json, tree).text, R"({"a": 1})");
  EXPECT_EQ(sent(Type::Json, sdk::RawJson{"[1]"}).tag, CellTag::Json);
  EXPECT_EQ(sent(Type::Xml, "<a/>").tag, CellTag::Xml);
  EXPECT_EQ(sent(Type::Binary, sdk::Binary(std::string_view("\0", 1))).text.size(), 1U);
  EXPECT_EQ(sent(Type::NaiveDate, day).number, -1);
  EXPECT_EQ(sent(Type::NaiveDate, "1970-1-2").number, 1);
  EXPECT_EQ(sent(Type::UtcDatetime, std::chrono::sys_days(day)).number, -86'400'000'000);
  EXPECT_EQ(sent(Type::UtcDatetime, "1970-01-01T02:00:00.5+02:00").number, 500'000);
  EXPECT_EQ(sent(Type::NaiveDatetime, "1970-01-01 00:00:01").number, 1'000'000);
  EXPECT_EQ(sent(Type::NaiveDatetime, std::chrono::local_days(day)).tag, CellTag::NaiveDatetime);
  EXPECT_EQ(sent(Type::NaiveTime, std::chrono::seconds(90)).number, 90'000'000);
  EXPECT_EQ(sent(Type::NaiveTime, "00:01:30").number, 90'000'000);
  EXPECT_EQ(sent(Type::Int, std::optional<int>()).tag, CellTag::Null);
  EXPECT_EQ(sent(Type::Int, std::optional(5)).number, 5);
}

TEST_F(SyncTest, RefusesWhatAColumnDoesNotHold) {
  EXPECT_EQ(refusal(Type::Int, "seven"),
            "table t, row id=7: column c is declared INT and needs an int from -2147483648 to "
            "2147483647; upsert() got the text \"seven\"");
  EXPECT_THAT(refusal(Type::Short, 40'000),
              HasSubstr("from -32768 to 32767; upsert() got the int"));
  EXPECT_THAT(refusal(Type::Boolean, 1.0), HasSubstr("needs true or false"));
  EXPECT_THAT(refusal(Type::Double, "1.5"), HasSubstr("needs a number"));
  EXPECT_THAT(refusal(Type::decimal(5, 2), "1,5"), HasSubstr("needs the text of a number"));
  EXPECT_THAT(refusal(Type::Binary, "x"), HasSubstr("needs Binary"));
  EXPECT_THAT(refusal(Type::String, sdk::Binary("x")), HasSubstr("not Binary"));
  EXPECT_THAT(refusal(Type::Json, "text"), HasSubstr("RawJson"));
  EXPECT_THAT(refusal(Type::Json, sdk::RawJson{"{"}), HasSubstr("the text is no JSON"));
  EXPECT_THAT(refusal(Type::NaiveDate, "2023-02-29"), HasSubstr("needs a date"));
  EXPECT_THAT(refusal(Type::UtcDatetime, "2024-01-31T12:30:00"), HasSubstr("offset from UTC"));
  EXPECT_THAT(refusal(Type::NaiveDatetime, "2024-01-31T12:30:00Z"), HasSubstr("takes no offset"));
  EXPECT_THAT(refusal(Type::NaiveTime, std::chrono::hours(24)), HasSubstr("time of day"));
  EXPECT_THAT(refusal(Type::Unspecified, UINT64_MAX), HasSubstr("beyond 64 bits"));
  EXPECT_THAT(refusal(Type::Unspecified, "\xC3"), HasSubstr("not UTF-8"));
}

TEST_F(SyncTest, ARowIsTakenWholeOrNotAtAll) {
  Sync target(frames_.writer(), {{"t", {"id"}, {{"n", Type::Int}}}}, false);
  EXPECT_THROW(target.upsert("t", {{"id", 1}, {"new", 2}, {"n", "x"}}), ConnectorError);
  EXPECT_THROW(target.upsert("t", {{"id", 1}, {"id", 2}}), ConnectorError);
  target.upsert("t", {{"id", 2}, {"n", 3}});
  target.finish();

  const std::vector<RowsFrame> all = rows();

  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].rows, 1U);
  EXPECT_EQ(cell(all[0], "id").number, 2);
  EXPECT_EQ(all[0].find("new"), nullptr);
}

TEST_F(SyncTest, ColumnsThatARowLacksAreAbsent) {
  Sync target(frames_.writer(), {}, false);
  target.upsert("t", {{"a", 1}});
  target.upsert("t", {{"b", 2}, {"a", 3}});
  target.upsert("t", {{"a", 4}});
  target.finish();

  const std::vector<RowsFrame> all = rows();

  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(cell(all[0], "a", 2).number, 4);
  EXPECT_EQ(cell(all[0], "b", 0).tag, CellTag::Absent);
  EXPECT_EQ(cell(all[0], "b", 1).number, 2);
  EXPECT_EQ(cell(all[0], "b", 2).tag, CellTag::Absent);
}

TEST_F(SyncTest, OperationsOfATableKeepTheirOrder) {
  Sync target(frames_.writer(), {}, false);
  target.upsert("t", {{"id", 1}});
  target.upsert("u", {{"id", 1}});
  target.upsert("t", {{"id", 2}});
  target.update("t", {{"id", 1}});
  target.truncate("u");
  target.delete_row("t", {{"id", 2}});
  target.checkpoint({{"at", 1}});

  EXPECT_THAT(order(),
              ElementsAre("upsert t", "upsert u", "update t", "truncate u", "delete t", "2"));
  EXPECT_EQ(kept_.back().payload, R"({"at": 1})");
}

TEST_F(SyncTest, TablesThatMayBecomeOneKeepTheirOrder) {
  Sync target(frames_.writer(), {}, false);
  target.upsert("theTable", {{"id", 1}});
  target.upsert("the_table", {{"id", 1}});
  target.upsert("theTable", {{"id", 1}});
  target.finish();

  EXPECT_THAT(order(), ElementsAre("upsert theTable", "upsert the_table", "upsert theTable"));
}

TEST_F(SyncTest, KeepsTheOrderOfAllTablesWhenAskedTo) {
  Sync target(frames_.writer(), {}, true);
  target.upsert("b", {{"id", 1}});
  target.upsert("a", {{"id", 1}});
  target.upsert("b", {{"id", 2}});
  target.finish();

  EXPECT_THAT(order(), ElementsAre("upsert b", "upsert a", "upsert b"));
}

TEST_F(SyncTest, SendsManyRowsAtATime) {
  Sync target(frames_.writer(), {}, false);
  for (int id = 0; id < 20'000; ++id) {
    target.upsert("t", {{"id", id}});
  }
  target.finish();

  const std::vector<RowsFrame> all = rows();

  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].rows + all[1].rows, 20'000U);
}

TEST_F(SyncTest, TakesRowsThatAreMadeAsTheyCome) {
  Sync target(frames_.writer(), {}, false);
  std::vector<Field> row;
  for (int id = 0; id < 2; ++id) {
    row.clear();
    row.push_back({"id", id});
    row.push_back({"text", "x"});
    target.upsert("t", row);
  }
  target.finish();

  EXPECT_EQ(rows().at(0).rows, 2U);
}

TEST_F(SyncTest, AStateIsOneObject) {
  Sync target(frames_.writer(), {}, false);

  EXPECT_THROW(target.checkpoint(7), ConnectorError);
  EXPECT_THROW(target.checkpoint({{"big", std::string(std::size_t{11} << 20U, 'x')}}),
               ConnectorError);
  target.checkpoint({});

  EXPECT_EQ(frames_.all().back().payload, "{}");
}

TEST_F(SyncTest, NotesAreReadable) {
  Sync target(frames_.writer(), {}, false);
  target.log(sdk::Level::Severe, "a \xFF z");
  target.warning("careful \"you\"");

  const std::vector<SentFrames::Frame> all = frames_.all();
  const auto line = parse_log(all.at(0).payload);

  EXPECT_EQ(line->level, 6);
  EXPECT_EQ(line->text, "a ? z");
  EXPECT_EQ(all.at(1).payload, R"({"message": "careful \"you\""})");
}

TEST_F(SyncTest, NothingFollowsTheEnd) {
  Sync target(frames_.writer(), {}, false);
  frames_.writer().close();

  EXPECT_THROW(target.checkpoint({}), sdk::SyncEnded);
}

TEST(SchemaText, SaysWhatIsWrong) {
  const auto fault = [](const std::vector<sdk::Table>& tables) -> std::string {
    try {
      return sdk::schema_text(tables);
    } catch (const ConnectorError& wrong) {
      return wrong.what();
    }
  };

  EXPECT_EQ(fault({{"t", {"id"}, {{"id", Type::Int}, {"m", Type::decimal(9, 3)}, {"learnt"}}}}),
            R"([{"table": "t", "primary_key": ["id"], "columns": [{"name": "id", "type": "INT"}, )"
            R"({"name": "m", "type": "DECIMAL", "precision": 9, "scale": 3}]}])");
  EXPECT_THAT(fault({{"t"}, {"t"}}), HasSubstr("table t is declared twice"));
  EXPECT_THAT(fault({{""}}), HasSubstr("a table has no name"));
  EXPECT_THAT(fault({{"t", {"a", "a"}}}), HasSubstr("primary_key names a column twice: a"));
  EXPECT_THAT(fault({{"t", {}, {{"m", Type::Decimal}}}}),
              AllOf(HasSubstr("table t, column m"), HasSubstr("Type::decimal(15, 2)")));
  EXPECT_THAT(fault({{"t", {}, {{"m", static_cast<Type::Kind>(99)}}}}),
              HasSubstr("table t, column m: there is no type of the number 99"));
}

}  // namespace
}  // namespace tendril

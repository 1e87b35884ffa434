#include "bridges/partner/record_messages.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>

#include "connector_sdk.pb.h"
#include "data/batch_builder.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class RecordMessagesTest : public testing::Test, public UpdateOutlet {
 protected:
  Status send(const wire::UpdateResponse& message) override {
    sent_.push_back(message);
    return {};
  }

  // A batch of one row with one column `c` beside the key `id`.
  static Batch one(Type type, const std::function<void(ColumnBuilder&)>& fill,
                   Operation operation = Operation::Upsert) {
    BatchBuilder rows({"t", {{"id", {TypeKind::Long}}, {"c", type}}, {"id"}});
    rows.cell("id").append_int(1);
    fill(rows.cell("c"));
    rows.end_row();
    return rows.take(operation).value();
  }

  // The value of `c` as it is sent, as text.
  std::string sent_as(Type type, const std::function<void(ColumnBuilder&)>& fill) {
    sent_.clear();
    EXPECT_THAT(messages_.write(one(type, fill)), IsOk());
    return sent_.back().records().records(0).data().at("c").ShortDebugString();
  }

  std::vector<int> record_counts() const {
    std::vector<int> counts;
    for (const wire::UpdateResponse& each : sent_) {
      counts.push_back(each.records().records_size());
    }
    return counts;
  }

  static Batch texts(int rows, std::size_t bytes) {
    BatchBuilder builder({"t", {{"c", {TypeKind::String}}}});
    for (int row = 0; row < rows; ++row) {
      builder.cell("c").append_string(std::string(bytes, 'x'));
      builder.end_row();
    }
    return builder.take().value();
  }

  std::vector<wire::UpdateResponse> sent_;
  TableChoice all_;
  RecordMessages messages_{*this, all_};
};

TEST_F(RecordMessagesTest, HaveNumbersAsTheyAre) {
  const auto number = [](std::int64_t value) {
    return [=](ColumnBuilder& cell) { cell.append_int(value); };
  };
  const auto real = [](double value) {
    return [=](ColumnBuilder& cell) { cell.append_double(value); };
  };
  EXPECT_EQ(sent_as({TypeKind::Short}, number(-32768)), "short: -32768");
  EXPECT_EQ(sent_as({TypeKind::Int}, number(2147483647)), "int: 2147483647");
  EXPECT_EQ(sent_as({TypeKind::Long}, number(std::numeric_limits<std::int64_t>::min())),
            "long: -9223372036854775808");
  EXPECT_EQ(sent_as({TypeKind::Double}, real(0.1)), "double: 0.1");
  EXPECT_EQ(sent_as({TypeKind::Double}, real(-std::numeric_limits<double>::infinity())),
            "double: -inf");
  EXPECT_EQ(sent_as({TypeKind::Double}, real(std::nan(""))), "double: nan");
  EXPECT_EQ(sent_as({TypeKind::Float}, real(0.5)), "float: 0.5");
  EXPECT_EQ(sent_as({TypeKind::Boolean}, [](ColumnBuilder& cell) { cell.append_bool(false); }),
            "bool: false");
}

TEST_F(RecordMessagesTest, HaveDecimalsWithAllDigits) {
  const auto text = [](const char* digits) {
    return [=](ColumnBuilder& cell) { cell.append_string(digits); };
  };
  EXPECT_EQ(sent_as(decimal_type(38, 0), text("99999999999999999999999999999999999999")),
            "decimal: \"99999999999999999999999999999999999999\"");
  EXPECT_EQ(sent_as(decimal_type(38, 38), text("-0.00000000000000000000000000000000000001")),
            "decimal: \"-0.00000000000000000000000000000000000001\"");
  EXPECT_EQ(sent_as(decimal_type(10, 2), text("12.50")), "decimal: \"12.50\"");
}

TEST_F(RecordMessagesTest, HaveTimesAsSecondsAndNanoseconds) {
  const auto text = [](const char* time) {
    return [=](ColumnBuilder& cell) { cell.append_string(time); };
  };
  EXPECT_EQ(sent_as({TypeKind::NaiveDate}, text("1969-12-31")), "naive_date { seconds: -86400 }");
  EXPECT_EQ(sent_as({TypeKind::NaiveDatetime}, text("1969-12-31T23:59:59.5")),
            "naive_datetime { seconds: -1 nanos: 500000000 }");
  EXPECT_EQ(sent_as({TypeKind::UtcDatetime}, text("9999-12-31T23:59:59.999999Z")),
            "utc_datetime { seconds: 253402300799 nanos: 999999000 }");
  EXPECT_EQ(sent_as({TypeKind::UtcDatetime}, text("0001-01-01T00:00:00Z")),
            "utc_datetime { seconds: -62135596800 }");
  EXPECT_EQ(sent_as({TypeKind::NaiveTime}, text("23:59:59.000001")),
            "naive_time { seconds: 86399 nanos: 1000 }");
}

TEST_F(RecordMessagesTest, HaveTextsAndBytes) {
  const auto text = [](ColumnBuilder& cell) { cell.append_string("<a>"); };
  EXPECT_EQ(sent_as({TypeKind::String}, text), "string: \"<a>\"");
  EXPECT_EQ(sent_as({TypeKind::Xml}, text), "xml: \"<a>\"");
  EXPECT_EQ(sent_as({TypeKind::Json}, [](ColumnBuilder& cell) { cell.append_json("[1]"); }),
            "json: \"[1]\"");
  EXPECT_EQ(sent_as({TypeKind::Binary}, [](ColumnBuilder& cell) { cell.append_bytes("\xff"); }),
            "binary: \"\\377\"");
  EXPECT_EQ(sent_as({TypeKind::String}, [](ColumnBuilder& cell) { cell.append_null(); }),
            "null: true");
}

TEST_F(RecordMessagesTest, HaveNullForATimeBeyondTheCalendarWithOneWarning) {
  const auto far = [](ColumnBuilder& cell) {
    cell.append_instant(instant_from_micros(std::numeric_limits<std::int64_t>::max()));
  };
  EXPECT_EQ(sent_as({TypeKind::UtcDatetime}, far), "null: true");
  EXPECT_THAT(sent_.front().warning().message(), HasSubstr("column c of table t"));
  EXPECT_EQ(sent_as({TypeKind::UtcDatetime}, far), "null: true");
  EXPECT_THAT(sent_, SizeIs(1));
}

TEST_F(RecordMessagesTest, RefuseAKeyThatCanNotBeSent) {
  BatchBuilder rows({"t", {{"id", {TypeKind::String}}}, {"id"}});
  rows.cell("id").append_string("\xff");
  rows.end_row();
  EXPECT_THAT(messages_.write(rows.take().value()),
              IsError(ErrorCode::BadData, HasSubstr("text that is not UTF-8")));
}

TEST_F(RecordMessagesTest, AreOfAtMostAHundredRecords) {
  EXPECT_THAT(messages_.write(texts(250, 1)), IsOk());
  EXPECT_THAT(record_counts(), ElementsAre(100, 100, 50));
}

TEST_F(RecordMessagesTest, AreOfAtMostSoManyBytesUnlessOneRecordIsLarger) {
  EXPECT_THAT(messages_.write(texts(5, 40'000)), IsOk());
  EXPECT_THAT(record_counts(), ElementsAre(2, 2, 1));
  sent_.clear();
  EXPECT_THAT(messages_.write(texts(2, 200'000)), IsOk());
  EXPECT_THAT(record_counts(), ElementsAre(1, 1));
}

TEST_F(RecordMessagesTest, HaveOnlyTheKeyOfWhatIsDeleted) {
  const auto text = [](ColumnBuilder& cell) { cell.append_string("x"); };
  EXPECT_THAT(messages_.write(one({TypeKind::String}, text, Operation::Delete)), IsOk());
  EXPECT_EQ(sent_.back().ShortDebugString(),
            "records { records { table_name: \"t\" type: DELETE data { key: \"id\" value { long: 1 "
            "} } } }");
}

TEST_F(RecordMessagesTest, SayThatATableIsEmptied) {
  const Batch truncation{.operation = Operation::Truncate,
                         .schema = std::make_shared<const TableSchema>(TableSchema{"t", {}}),
                         .rows = nullptr};
  EXPECT_THAT(messages_.write(truncation), IsOk());
  EXPECT_EQ(sent_.back().ShortDebugString(),
            "records { records { table_name: \"t\" type: TRUNCATE } }");
}

TEST_F(RecordMessagesTest, LeaveOutColumnsThatAreNotChosenButNeverTheKey) {
  wire::UpdateRequest request;
  wire::TableSelection& table =
      *request.mutable_selection()->mutable_without_schema()->add_tables();
  table.set_included(true);
  table.set_table_name("t");
  (*table.mutable_columns())["id"] = false;
  (*table.mutable_columns())["c"] = false;
  const TableChoice choice = TableChoice::parse(request).value();
  RecordMessages messages(*this, choice);

  EXPECT_THAT(
      messages.write(one({TypeKind::String}, [](ColumnBuilder& cell) { cell.append_string("x"); })),
      IsOk());

  EXPECT_THAT(sent_.back().records().records(0).data(), SizeIs(1));
  EXPECT_TRUE(sent_.back().records().records(0).data().contains("id"));
}

}  // namespace
}  // namespace tendril

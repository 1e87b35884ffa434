#include "bridges/partner/update_reader.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>

#include "connector_sdk.pb.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string text_of(const FrameCell& cell) {
  switch (cell.tag) {
    case CellTag::Absent: return "-";
    case CellTag::Null: return "null";
    case CellTag::False: return "false";
    case CellTag::True: return "true";
    case CellTag::Int: return std::to_string(cell.number);
    case CellTag::Float: return "float " + std::to_string(cell.real);
    case CellTag::Double: return "double " + std::to_string(cell.real);
    case CellTag::Date: return "date " + std::to_string(cell.number);
    case CellTag::NaiveDatetime: return "naive " + std::to_string(cell.number);
    case CellTag::UtcDatetime: return "utc " + std::to_string(cell.number);
    case CellTag::Time: return "time " + std::to_string(cell.number);
    case CellTag::Decimal: return "decimal " + std::string(cell.text);
    case CellTag::String: return "text " + std::string(cell.text);
    case CellTag::Json: return "json " + std::string(cell.text);
    case CellTag::Xml: return "xml " + std::string(cell.text);
    case CellTag::Binary: return "bytes " + std::to_string(cell.text.size());
  }
  return "?";
}

class UpdateReaderTest : public testing::Test, public UpdateListener, public ProjectObserver {
 protected:
  // What was taken, each in a line.
  Status schema(const std::optional<std::vector<DeclaredTable>>& tables) override {
    taken_.push_back(tables ? "schema of " + std::to_string(tables->size()) : "no schema");
    return {};
  }
  Status schema_changed(const std::vector<DeclaredTable>& tables) override {
    taken_.push_back("changed " + tables.front().name);
    return {};
  }
  Status rows(const RowsFrame& frame) override {
    std::string line = std::string(to_string(frame.operation)) + " " + std::string(frame.table);
    for (std::size_t row = 0; row < frame.rows; ++row) {
      line += row == 0 ? ": " : "; ";
      for (const FrameColumn& column : frame.columns) {
        EXPECT_THAT(column.check(), IsOk());
        line += std::string(column.name()) + "=" + text_of(column.cell(row)) + " ";
      }
    }
    taken_.push_back(line);
    return {};
  }
  Status checkpoint(std::string_view state) override {
    taken_.push_back("checkpoint " + std::string(state));
    return {};
  }
  Status file(const FilePartFrame& part) override {
    taken_.push_back("file " + std::string(part.path) + (part.last ? " end" : ""));
    return {};
  }
  void note(bool is_warning, const std::string& text) override {
    taken_.push_back((is_warning ? "warning " : "task ") + text);
  }
  Status answer(Value) override { return {}; }
  void message(ProjectOrigin, ProjectLevel, std::string_view text) override { told_ += text; }
  void schema_changed(const std::string&) override {}
  void table_created(const std::string&) override {}
  void table_truncated(const std::string&) override {}
  void checkpoint_recorded(const std::string&) override {}
  void final_checkpoint() override {}

  static wire::UpdateResponse of_record(const std::string& table, const std::string& column,
                                        const wire::ValueType& value) {
    wire::UpdateResponse message;
    wire::Record& record = *message.mutable_record();
    record.set_table_name(table);
    (*record.mutable_data())[column] = value;
    return message;
  }

  static wire::ValueType number(std::int64_t value) {
    wire::ValueType result;
    result.set_long_(value);
    return result;
  }

  // A value of the newer encoding in column `c`, whose type is declared unless it is Unknown.
  std::string encoded(std::string bytes, Type type = {}) {
    taken_.clear();
    UpdateReader reader(*this, *this, {});
    EXPECT_THAT(reader.begin(std::vector<DeclaredTable>{{.name = "t", .columns = {{"c", type}}}}),
                IsOk());
    wire::UpdateResponse message;
    wire::Record& record = *message.mutable_records()->add_records();
    record.set_table_name("t");
    (*record.mutable_row_data())["c"] = std::move(bytes);
    const Status taken = reader.take(message);
    EXPECT_THAT(reader.finish(), IsOk());
    return taken.ok() ? taken_.back().substr(sizeof("upsert t: c=") - 1) : taken.error().message;
  }

  std::vector<std::string> taken_;
  std::string told_;
  UpdateReader reader_{*this, *this, {}};
};

TEST_F(UpdateReaderTest, GathersRecordsOfATableAndHandsThemOverInOrder) {
  ASSERT_THAT(reader_.take(of_record("a", "x", number(1))), IsOk());
  ASSERT_THAT(reader_.take(of_record("a", "y", number(2))), IsOk());
  ASSERT_THAT(reader_.take(of_record("b", "x", number(3))), IsOk());
  wire::UpdateResponse checkpoint;
  checkpoint.mutable_checkpoint()->set_state_json("{}");
  ASSERT_THAT(reader_.take(checkpoint), IsOk());
  ASSERT_THAT(reader_.take(of_record("b", "x", number(4))), IsOk());
  ASSERT_THAT(reader_.finish(), IsOk());

  EXPECT_THAT(taken_, ElementsAre("upsert a: x=1 y=- ; x=- y=2 ", "upsert b: x=3 ", "checkpoint {}",
                                  "upsert b: x=4 "));
}

TEST_F(UpdateReaderTest, HandsOverTruncationsOneByOne) {
  wire::UpdateResponse message;
  for (int i = 0; i < 2; ++i) {
    wire::Record& record = *message.mutable_records()->add_records();
    record.set_table_name("t");
    record.set_type(wire::TRUNCATE);
  }
  wire::UpdateResponse deferred;
  deferred.mutable_truncate()->set_table_name("u");
  ASSERT_THAT(reader_.take(message), IsOk());
  ASSERT_THAT(reader_.take(deferred), IsOk());
  ASSERT_THAT(reader_.finish(), IsOk());

  EXPECT_THAT(taken_, ElementsAre("truncate t: ", "truncate t: ", "truncate u: "));
}

TEST_F(UpdateReaderTest, ReadsEncodedValues) {
  EXPECT_EQ(encoded(std::string("\0", 1)), "null ");
  EXPECT_EQ(encoded("\x01"
                    "12",
                    {TypeKind::Int}),
            "12 ");
  EXPECT_EQ(encoded("\x01"
                    "12",
                    {TypeKind::String}),
            "text 12 ");
  EXPECT_EQ(encoded("\x01"
                    "12.5",
                    decimal_type(4, 1)),
            "decimal 12.5 ");
  EXPECT_EQ(encoded("\x01"
                    "true",
                    {TypeKind::Boolean}),
            "true ");
  EXPECT_EQ(encoded("\x01"
                    "2026-01-02",
                    {TypeKind::NaiveDate}),
            "date 20455 ");
  EXPECT_EQ(encoded("\x01"
                    "1970-01-01T00:00:01.5",
                    {TypeKind::NaiveDatetime}),
            "naive 1500000 ");
  EXPECT_EQ(encoded("\x01"
                    "1970-01-01T00:00:01Z",
                    {TypeKind::UtcDatetime}),
            "utc 1000000 ");
  EXPECT_EQ(encoded("\x01"
                    "00:00:01",
                    {TypeKind::NaiveTime}),
            "time 1000000 ");
  EXPECT_EQ(encoded("\x01<a>", {TypeKind::Xml}), "xml <a> ");
  EXPECT_EQ(encoded("\x02[1]"), "json [1] ");
  EXPECT_EQ(encoded("\x03\xff"), "bytes 1 ");
  EXPECT_EQ(encoded("\x04"
                    "1.5"),
            "float 1.500000 ");
  EXPECT_EQ(encoded("\x05-Infinity"), "double -inf ");
  EXPECT_EQ(encoded("\x05NaN"), "double nan ");
}

TEST_F(UpdateReaderTest, InfersScalarsOfColumnsThatNobodyDeclared) {
  EXPECT_EQ(encoded("\x01"
                    "12"),
            "12 ");
  EXPECT_EQ(encoded("\x01"
                    "false"),
            "false ");
  EXPECT_EQ(encoded("\x01"
                    "012"),
            "text 012 ");
  EXPECT_EQ(encoded("\x01"
                    "9223372036854775808"),
            "text 9223372036854775808 ");
}

TEST_F(UpdateReaderTest, RefusesEncodedValuesThatAreNone) {
  const std::string place = "column c of table t has ";
  EXPECT_EQ(encoded(""), place + "an encoded value without its kind");
  EXPECT_EQ(encoded("\x01"
                    "x",
                    {TypeKind::Long}),
            place + "a text that is no LONG");
  EXPECT_EQ(encoded("\x01"
                    "40000",
                    {TypeKind::Short}),
            place + "a text that is no SHORT");
  EXPECT_EQ(encoded("\x01"
                    "2026-01-02T00:00:00",
                    {TypeKind::UtcDatetime}),
            place + "a text that is no UTC_DATETIME");
  EXPECT_EQ(encoded("\x01\xff"), place + "text that is not UTF-8");
  EXPECT_EQ(encoded("\x02{"), place + "JSON that is none");
  EXPECT_EQ(encoded("\x04inf"), place + "a number that is none");
  EXPECT_EQ(encoded("\x07"), "column c of table t has an encoded value of an unknown kind: 7");
}

TEST_F(UpdateReaderTest, RefusesTimesThatAreNone) {
  wire::ValueType far;
  far.mutable_utc_datetime()->set_seconds(std::numeric_limits<std::int64_t>::max());
  wire::ValueType odd;
  odd.mutable_naive_datetime()->set_nanos(-1);
  wire::ValueType late;
  late.mutable_naive_time()->set_seconds(86'400);
  wire::ValueType long_ago;
  long_ago.mutable_naive_date()->set_seconds(std::numeric_limits<std::int64_t>::min());
  for (const wire::ValueType& value : {far, odd, late, long_ago}) {
    EXPECT_THAT(reader_.take(of_record("t", "c", value)),
                IsError(ErrorCode::BadData, HasSubstr("column c of table t has a")));
  }
}

TEST_F(UpdateReaderTest, EndsAtATask) {
  wire::UpdateResponse warning;
  warning.mutable_warning()->set_message(R"({"message":"careful","trace":"at line 1"})");
  wire::UpdateResponse task;
  task.mutable_task()->set_message("renew the key\nsoon");

  EXPECT_THAT(reader_.take(warning), IsOk());
  EXPECT_THAT(reader_.take(task), IsError(ErrorCode::InvalidConfig, "renew the key"));
  EXPECT_THAT(taken_, ElementsAre("warning careful\nat line 1", "task renew the key\nsoon"));
}

TEST_F(UpdateReaderTest, RefusesWhatItDoesNotKnow) {
  wire::UpdateResponse record = of_record("t", "c", number(1));
  record.mutable_record()->set_type(static_cast<wire::RecordType>(9));

  EXPECT_THAT(reader_.take(wire::UpdateResponse()), IsError(ErrorCode::Unsupported));
  EXPECT_THAT(reader_.take(record), IsError(ErrorCode::Unsupported, HasSubstr("operation: 9")));
  EXPECT_THAT(reader_.take(of_record("t", "c", wire::ValueType())),
              IsError(ErrorCode::BadData, HasSubstr("no type that this program knows")));
  EXPECT_THAT(reader_.take(of_record("", "c", number(1))), IsError(ErrorCode::BadData));
}

TEST_F(UpdateReaderTest, NamesTablesOfSchemas) {
  UpdateReader reader(*this, *this, {.names_schemas = true});
  wire::UpdateResponse message = of_record("t", "c", number(1));
  message.mutable_record()->set_schema_name("s");
  ASSERT_THAT(reader.take(message), IsOk());
  ASSERT_THAT(reader.finish(), IsOk());

  EXPECT_THAT(taken_, ElementsAre("upsert s.t: c=1 "));
}

TEST(TablesOfASchema, HaveTypesAndKeys) {
  wire::SchemaResponse response;
  wire::Schema& schema = *response.mutable_with_schema()->add_schemas();
  schema.set_name("s");
  wire::Table& table = *schema.add_tables();
  table.set_name("t");
  wire::Column& id = *table.add_columns();
  id.set_name("id");
  id.set_type(wire::LONG);
  id.set_primary_key(true);
  wire::Column& price = *table.add_columns();
  price.set_name("price");
  price.set_type(wire::DECIMAL);
  price.mutable_params()->mutable_decimal()->set_precision(10);
  price.mutable_params()->mutable_decimal()->set_scale(2);

  const auto tables = tables_of(response);

  ASSERT_THAT(tables, IsOk());
  ASSERT_TRUE(tables->has_value());
  const DeclaredTable& declared = tables->value().front();
  EXPECT_EQ(declared.name, "s.t");
  EXPECT_THAT(declared.primary_key, ElementsAre("id"));
  EXPECT_EQ(declared.columns[1].type, decimal_type(10, 2));
}

TEST(TablesOfASchema, MayNotBeKnown) {
  wire::SchemaResponse response;
  response.set_schema_response_not_supported(true);
  EXPECT_FALSE(tables_of(response).value().has_value());
}

TEST(TablesOfASchema, AreRefusedWithWhatNoTypeHas) {
  wire::SchemaResponse response;
  wire::Table& table = *response.mutable_without_schema()->add_tables();
  table.set_name("t");
  wire::Column& column = *table.add_columns();
  column.set_name("c");
  column.set_type(wire::DECIMAL);
  column.mutable_params()->mutable_decimal()->set_precision(39);
  EXPECT_THAT(tables_of(response), IsError(ErrorCode::BadData, HasSubstr("table t")));
  column.set_type(static_cast<wire::DataType>(99));
  EXPECT_THAT(tables_of(response), IsError(ErrorCode::Unsupported, HasSubstr("99")));
}

}  // namespace
}  // namespace tendril

#include "bridges/airbyte/record_lines.h"

#include <gmock/gmock.h>

#include "connector/document.h"
#include "data/batch_builder.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;

constexpr Instant kNow = instant_from_micros(1'000'000);

std::string lines_of(const Batch& batch) {
  std::string all;
  EXPECT_THAT(RecordLines().write(batch, kNow,
                                  [&](std::string_view lines) {
                                    all += lines;
                                    return Status();
                                  }),
              IsOk());
  return all;
}

std::string data_of(Type type, const std::function<void(ColumnBuilder&)>& append) {
  BatchBuilder rows({.name = "s", .columns = {{"x", type}}});
  append(rows.cell("x"));
  rows.end_row();
  const std::string line = lines_of(rows.take().value());
  const std::string head = R"({"type":"RECORD","record":{"stream":"s","data":{"x":)";
  const std::string tail = "},\"emitted_at\":1000}}\n";
  EXPECT_TRUE(line.starts_with(head) && line.ends_with(tail)) << line;
  return line.substr(head.size(), line.size() - head.size() - tail.size());
}

TEST(RecordLines, SendDocumentsAsTheyAre) {
  BatchBuilder rows(document_schema({.name = "s", .columns = {{"id", {TypeKind::Long}}}}));
  rows.cell(kDocumentColumn).append_json(R"({"id": 1.0,"big":12345678901234567890123})");
  rows.end_row();
  rows.cell(kDocumentColumn).append_json("{}");
  rows.end_row();

  EXPECT_EQ(lines_of(rows.take().value()),
            R"({"type":"RECORD","record":{"stream":"s","data":{"id": 1.0,)"
            R"("big":12345678901234567890123},"emitted_at":1000}})"
            "\n"
            R"({"type":"RECORD","record":{"stream":"s","data":{},"emitted_at":1000}})"
            "\n");
}

TEST(RecordLines, KeepTheTypeOfEveryColumn) {
  const auto text = [](const char* value) {
    return [value](ColumnBuilder& cell) { cell.append_string(value); };
  };
  EXPECT_EQ(data_of({TypeKind::Boolean}, [](auto& cell) { cell.append_bool(true); }), "true");
  EXPECT_EQ(data_of({TypeKind::Short}, [](auto& cell) { cell.append_int(-7); }), "-7");
  EXPECT_EQ(data_of({TypeKind::Int}, [](auto& cell) { cell.append_int(70000); }), "70000");
  EXPECT_EQ(data_of({TypeKind::Long}, [](auto& cell) { cell.append_int(9007199254740993); }),
            "9007199254740993");
  EXPECT_EQ(data_of({TypeKind::Float}, [](auto& cell) { cell.append_double(0.5); }), "0.5");
  EXPECT_EQ(data_of({TypeKind::Double}, [](auto& cell) { cell.append_double(0.1); }), "0.1");
  EXPECT_EQ(data_of(decimal_type(30, 2),
                    [](auto& cell) { cell.append_big_number("1234567890123456789012.50"); }),
            "1234567890123456789012.50");
  EXPECT_EQ(data_of({TypeKind::NaiveDate}, text("2024-02-29")), "\"2024-02-29\"");
  EXPECT_EQ(data_of({TypeKind::NaiveTime}, text("03:04:05.5")), "\"03:04:05.500\"");
  EXPECT_EQ(data_of({TypeKind::NaiveDatetime}, text("2024-01-02T03:04:05")),
            "\"2024-01-02T03:04:05\"");
  EXPECT_EQ(data_of({TypeKind::UtcDatetime}, text("2024-01-02T03:04:05+01:00")),
            "\"2024-01-02T02:04:05Z\"");
  EXPECT_EQ(data_of({TypeKind::Binary}, [](auto& cell) { cell.append_bytes("\x01\x02"); }),
            "\"AQI=\"");
  EXPECT_EQ(data_of({TypeKind::String}, text("a\"\n")), R"("a\"\n")");
  EXPECT_EQ(data_of({TypeKind::Json}, [](auto& cell) { cell.append_json("[1,null]"); }),
            "[1,null]");
}

TEST(RecordLines, LeaveOutColumnsThatAreNull) {
  BatchBuilder rows({.name = "s", .columns = {{"a", {TypeKind::Long}}, {"b", {TypeKind::Long}}}});
  rows.cell("b").append_int(2);
  rows.end_row();
  rows.end_row();

  EXPECT_EQ(lines_of(rows.take().value()),
            R"({"type":"RECORD","record":{"stream":"s","data":{"b":2},"emitted_at":1000}})"
            "\n"
            R"({"type":"RECORD","record":{"stream":"s","data":{},"emitted_at":1000}})"
            "\n");
}

TEST(RecordLines, GoOutInPiecesOfWholeLines) {
  BatchBuilder rows({.name = "s", .columns = {{"a", {TypeKind::String}}}});
  for (int i = 0; i < 1000; ++i) {
    rows.cell("a").append_string(std::string(1000, 'x'));
    rows.end_row();
  }
  int pieces = 0;

  const Status written =
      RecordLines().write(rows.take().value(), kNow, [&](std::string_view lines) {
        ++pieces;
        EXPECT_TRUE(lines.ends_with("}}\n"));
        EXPECT_LT(lines.size(), 300U * 1024);
        return Status();
      });

  EXPECT_THAT(written, IsOk());
  EXPECT_GT(pieces, 3);
}

TEST(RecordLines, EndWhereNobodyTakesThem) {
  BatchBuilder rows({.name = "s", .columns = {{"a", {TypeKind::Long}}}});
  rows.end_row();

  EXPECT_THAT(RecordLines().write(rows.take().value(), kNow,
                                  [](std::string_view) {
                                    return Status(Error{ErrorCode::System, "gone"});
                                  }),
              IsError(ErrorCode::System, "gone"));
}

TEST(RecordLines, KnowNoDeletes) {
  BatchBuilder rows({.name = "s", .columns = {{"a", {TypeKind::Long}}}});
  rows.end_row();

  EXPECT_THAT(RecordLines().write(rows.take(Operation::Delete).value(), kNow,
                                  [](std::string_view) { return Status(); }),
              IsError(ErrorCode::Unsupported, HasSubstr("no message for the operation")));
}

}  // namespace
}  // namespace tendril

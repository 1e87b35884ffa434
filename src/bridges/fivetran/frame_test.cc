#include "bridges/fivetran/frame.h"

#include <algorithm>

#include <gmock/gmock.h>

#include "bridges/fivetran/frame_reader.h"
#include "bridges/fivetran/frames_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;

std::string frame(FrameKind kind, std::string_view payload) {
  return number_bytes(static_cast<std::uint32_t>(payload.size())) + static_cast<char>(kind) +
         std::string(payload);
}

void put(FrameReader& reader, std::string_view bytes) {
  const auto room = reader.room();
  ASSERT_GE(room.size(), bytes.size());
  std::copy(bytes.begin(), bytes.end(), room.begin());
  reader.take(bytes.size());
}

TEST(RowsFrame, HoldsColumnsOfCells) {
  const std::string payload =
      rows_payload(RowOperation::Upsert, "t", 2,
                   {{"id", {int_cell(1), int_cell(2)}}, {"name", {text_cell("x"), null_cell()}}});

  const auto rows = parse_rows(payload);

  ASSERT_THAT(rows, IsOk());
  EXPECT_EQ(rows->table, "t");
  EXPECT_EQ(rows->find("id")->cell(1).number, 2);
  EXPECT_EQ(rows->find("name")->cell(0).text, "x");
  EXPECT_EQ(rows->find("name")->cell(1).tag, CellTag::Null);
  EXPECT_EQ(rows->find("other"), nullptr);
}

TEST(RowsFrame, IsRefusedAtEveryCut) {
  const std::string payload =
      rows_payload(RowOperation::Update, "t", 1, {{"a", {text_cell("abc")}}, {"b", {int_cell(7)}}});

  for (std::size_t size = 0; size < payload.size(); ++size) {
    EXPECT_THAT(parse_rows(payload.substr(0, size)),
                IsError(ErrorCode::BadData, HasSubstr("frame")))
        << size;
  }
  EXPECT_THAT(parse_rows(payload + "x"), IsError(ErrorCode::BadData, HasSubstr("frame")));
}

TEST(RowsFrame, IsRefusedForWhatThereIsNot) {
  const auto with_tag = [](int tag) {
    return rows_payload(RowOperation::Upsert, "t", 1, {{"a", {{static_cast<CellTag>(tag)}}}});
  };

  EXPECT_THAT(parse_rows(with_tag(16)), IsError(ErrorCode::BadData, HasSubstr("type")));
  EXPECT_THAT(parse_rows(with_tag(4)), IsError(ErrorCode::BadData, HasSubstr("ends")));
  EXPECT_THAT(parse_rows(std::string(1, '\7') + sized_text("t")),
              IsError(ErrorCode::BadData, HasSubstr("operation")));
}

TEST(FrameReader, CutsFramesWhereverTheyAreSplit) {
  const std::string bytes = frame(FrameKind::Checkpoint, "{}") + frame(FrameKind::Done, "null");
  FrameReader reader;
  std::vector<std::string> payloads;
  for (const char byte : bytes) {
    put(reader, std::string_view(&byte, 1));
    while (const auto next = reader.next().value()) {
      payloads.emplace_back(next->payload);
    }
  }

  EXPECT_THAT(payloads, ::testing::ElementsAre("{}", "null"));
  EXPECT_TRUE(reader.at_border());
}

TEST(FrameReader, RefusesWhatIsNoFrame) {
  FrameReader reader;
  put(reader, "Traceback (most recent call last)");

  EXPECT_THAT(reader.next(), IsError(ErrorCode::BadData, HasSubstr("no frame")));
}

}  // namespace
}  // namespace tendril

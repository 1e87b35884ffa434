#include "data/batch_checksum.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <gtest/gtest.h>

#include "data/batch_builder.h"
#include "data/row_choice.h"
#include "data/value.h"

namespace tendril {
namespace {

Batch batch_of(const List& records) {
  BatchBuilder builder(TableSchema{.name = "t", .columns = {}});
  for (const Value& record : records) {
    builder.add_row(*record.as_map());
  }
  return std::move(builder.take()).value();
}

List records() {
  List list;
  for (int i = 0; i < 20; ++i) {
    Map record{{"id", i}, {"name", "n" + std::to_string(i)}, {"flag", i % 3 == 0}, {"x", i * 1.5}};
    if (i % 4 == 1) {
      record.set("name", nullptr);
      record.set("flag", nullptr);
    }
    list.emplace_back(std::move(record));
  }
  return list;
}

TEST(BatchChecksum, OfEqualRowsIsEqual) {
  EXPECT_EQ(checksum(batch_of(records())), checksum(batch_of(records())));
  EXPECT_NE(checksum(batch_of(records())), 0U);
  EXPECT_EQ(checksum(Batch{.schema = nullptr, .rows = nullptr}), 0U);
}

TEST(BatchChecksum, DoesNotDependOnHowABatchIsCut) {
  const List all = records();
  Batch part = batch_of(all);
  part.rows = part.rows->Slice(5, 7);

  EXPECT_EQ(checksum(part), checksum(batch_of(List(all.begin() + 5, all.begin() + 12))));
}

TEST(BatchChecksum, SeesEveryChange) {
  const std::uint64_t expected = checksum(batch_of(records()));

  for (const char* column : {"id", "name", "flag", "x"}) {
    List changed = records();
    (*changed[7].as_map())[column] = nullptr;
    EXPECT_NE(checksum(batch_of(changed)), expected) << column;
  }
  List swapped = records();
  std::swap(swapped[2], swapped[3]);
  EXPECT_NE(checksum(batch_of(swapped)), expected);
  List shorter = records();
  shorter.pop_back();
  EXPECT_NE(checksum(batch_of(shorter)), expected);
  Batch deletion = batch_of(records());
  deletion.operation = Operation::Delete;
  EXPECT_NE(checksum(deletion), expected);
}

TEST(RowChoice, LeavesOutTheRowsOfAMask) {
  const List all = records();
  RowMask mask(all.size(), false);
  mask[0] = mask[3] = mask[19] = true;
  List kept;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!mask[i]) {
      kept.push_back(all[i]);
    }
  }

  const auto batch = without_rows(batch_of(all), mask);

  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(checksum(*batch), checksum(batch_of(kept)));
  EXPECT_EQ(without_rows(batch_of(all), RowMask(all.size(), true))->row_count(), 0);
}

TEST(RowChoice, SaysARowAsJson) {
  EXPECT_EQ(row_json(batch_of(records()), 1), R"({"id":1,"x":1.5})");
  EXPECT_EQ(row_json(batch_of(records()), 2), R"({"id":2,"name":"n2","flag":false,"x":3.0})");
}

}  // namespace
}  // namespace tendril

#include "data/list_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/row_choice.h"

namespace tendril {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const TableSchema kOrders{.name = "orders",
                          .columns = {{"id", {TypeKind::Long}}, {"tenant", {TypeKind::String}}},
                          .primary_key = {"tenant", "id"}};

Batch orders() {
  BatchBuilder builder(kOrders);
  builder.add_row({{"id", 7}, {"tenant", "a"}});
  builder.add_row({{"id", 8}, {"tenant", "b"}});
  return std::move(builder.take()).value();
}

std::vector<std::string> rows_of(const std::map<std::string, Batch>& batches,
                                 const std::string& path) {
  std::vector<std::string> rows;
  if (const auto found = batches.find(path); found != batches.end()) {
    for (std::int64_t row = 0; row < found->second.row_count(); ++row) {
      rows.push_back(row_json(found->second, row));
    }
  }
  return rows;
}

std::map<std::string, Batch> taken(ListRows& lists) {
  auto batches = lists.take();
  EXPECT_TRUE(batches.ok());
  return std::move(batches).value();
}

TEST(ListRows, MakesRowsOfObjects) {
  ListRows lists(kOrders, {.all = true, .depth_max = 1});

  ASSERT_TRUE(
      lists.add("lines", R"( [{"sku":"a","size":{"w":1,"h":2.5}},{"sku":"b"}])", orders(), 0).ok());
  ASSERT_TRUE(lists.add("lines", R"([{"sku":"c","gift":true}])", orders(), 1).ok());

  const auto batches = taken(lists);
  EXPECT_THAT(
      rows_of(batches, "lines"),
      ElementsAre(
          R"({"_parent_tenant":"a","_parent_id":7,"_index":0,"sku":"a","size__w":1,"size__h":2.5})",
          R"({"_parent_tenant":"a","_parent_id":7,"_index":1,"sku":"b"})",
          R"({"_parent_tenant":"b","_parent_id":8,"_index":0,"sku":"c","gift":true})"));
  EXPECT_EQ(batches.at("lines").schema->name, "orders__lines");
  EXPECT_THAT(batches.at("lines").schema->primary_key,
              ElementsAre("_parent_tenant", "_parent_id", "_index"));
}

TEST(ListRows, MakesRowsOfScalarsAndKeepsWhatIsDeeper) {
  ListRows lists(kOrders, {.all = true, .depth_max = 1});

  ASSERT_TRUE(lists.add("tags", R"(["x", null, 5, [1, 2]])", orders(), 0).ok());
  ASSERT_TRUE(lists.add("lines", R"([{"taxes":[{"p":5}]}])", orders(), 0).ok());

  const auto batches = taken(lists);
  EXPECT_THAT(rows_of(batches, "tags"),
              ElementsAre(R"({"_parent_tenant":"a","_parent_id":7,"_index":0,"value":"x"})",
                          R"({"_parent_tenant":"a","_parent_id":7,"_index":1})",
                          R"({"_parent_tenant":"a","_parent_id":7,"_index":2,"value":"5"})",
                          R"({"_parent_tenant":"a","_parent_id":7,"_index":3,"value":"[1, 2]"})"));
  EXPECT_THAT(rows_of(batches, "lines"),
              ElementsAre(R"({"_parent_tenant":"a","_parent_id":7,"_index":0,"taxes":[{"p":5}]})"));
}

TEST(ListRows, MakesTablesOfListsInLists) {
  ListRows lists(kOrders, {.paths = {"lines.taxes"}, .depth_max = 3});

  ASSERT_TRUE(
      lists.add("lines", R"([{"taxes":[]},{"sku":"b","taxes":[5,7],"notes":[1]}])", orders(), 0)
          .ok());

  const auto batches = taken(lists);
  EXPECT_THAT(
      rows_of(batches, "lines"),
      ElementsAre(R"({"_parent_tenant":"a","_parent_id":7,"_index":0})",
                  R"({"_parent_tenant":"a","_parent_id":7,"_index":1,"sku":"b","notes":[1]})"));
  EXPECT_THAT(
      rows_of(batches, "lines.taxes"),
      ElementsAre(R"({"_parent_tenant":"a","_parent_id":7,"_index_1":1,"_index":0,"value":5})",
                  R"({"_parent_tenant":"a","_parent_id":7,"_index_1":1,"_index":1,"value":7})"));
  EXPECT_EQ(batches.at("lines.taxes").schema->name, "orders__lines__taxes");
}

TEST(ListRows, FieldsDoNotTakeThePlaceOfTheKey) {
  ListRows lists(kOrders, {.all = true, .depth_max = 1});

  ASSERT_TRUE(lists.add("lines", R"([{"_index":99,"_parent_id":1}])", orders(), 0).ok());

  EXPECT_THAT(rows_of(taken(lists), "lines"),
              ElementsAre(R"({"_parent_tenant":"a","_parent_id":7,"_index":0,"_index__field":99,)"
                          R"("_parent_id__field":1})"));
}

TEST(ListRows, RefusesWhatIsNoJson) {
  ListRows lists(kOrders, {.all = true, .depth_max = 1});

  const Status added = lists.add("lines", R"([{"sku":)", orders(), 0);

  ASSERT_FALSE(added.ok());
  EXPECT_EQ(added.error().code, ErrorCode::BadData);
  EXPECT_THAT(added.error().message, HasSubstr("column lines"));
  ASSERT_TRUE(lists.add("lines", "[1]", orders(), 0).ok()) << "the open row is forgotten";
}

TEST(ListChoice, HoldsWhatIsOnTheWay) {
  const ListChoice choice{.paths = {"lines.taxes"}, .depth_max = 2};

  EXPECT_TRUE(choice.holds("lines"));
  EXPECT_TRUE(choice.holds("lines.taxes"));
  EXPECT_FALSE(choice.holds("line"));
  EXPECT_FALSE(choice.holds("lines.notes"));
  EXPECT_FALSE(choice.holds("lines.taxes.deep"));
}

}  // namespace
}  // namespace tendril

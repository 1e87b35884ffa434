#include "bridges/partner/batch_write.h"

#include <gmock/gmock.h>

#include "bridges/partner/table_operations.h"
#include "bridges/partner/warehouse_fixture_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class BatchWriteTest : public WarehouseTest {
 protected:
  void make_table() {
    work([&](SqlSession& session) {
      return session.create({name("t"),
                             {{"id", {TypeKind::Int}, true},
                              {"amount", {TypeKind::Double}},
                              {"desc", {TypeKind::String}},
                              {"_fivetran_synced", {TypeKind::UtcDatetime}}}});
    });
  }

  std::vector<std::string> all() { return rows("t", {"id", "amount", "desc"}, "id"); }
};

INSTANTIATE_TEST_SUITE_P(Warehouses, BatchWriteTest, testing::Values("duckdb", "postgres"),
                         [](const auto& each) { return each.param; });

TEST_P(BatchWriteTest, ReplacementsInsertOrReplaceWholeRows) {
  make_table();
  ASSERT_THAT(write("t", {.replacements = {file("desc,id,amount,_fivetran_synced\n"
                                                "one,1,1.5,2024-01-01T00:00:00Z\n"
                                                "two,2,nil,2024-01-01T00:00:00Z\n")}}),
              IsOk());

  // The last row of a key counts, through all files.
  ASSERT_THAT(
      write("t", {.replacements = {file("id,desc\n2,zwei\n3,x\n"), file("id,amount\n3,3\n")}}),
      IsOk());

  EXPECT_THAT(all(), ElementsAre("1|1.5|one", "2|NULL|zwei", "3|3|NULL"));
}

TEST_P(BatchWriteTest, UpdatesChangeWhatTheySayOfRowsThatAreThere) {
  make_table();
  ASSERT_THAT(write("t", {.replacements = {file("id,amount,desc\n1,1,a\n2,2,b\n3,3,c\n")}}),
              IsOk());

  ASSERT_THAT(write("t", {.updates = {file("id,amount,desc\n1,same,nil\n2,20,same\n5,5,e\n"),
                                      file("id,desc\n2,bb\n3,nil\n")}}),
              IsOk());

  EXPECT_THAT(all(), ElementsAre("1|1|NULL", "2|20|bb", "3|3|NULL"));
}

TEST_P(BatchWriteTest, DeletionsNeedTheKeyAlone) {
  make_table();
  ASSERT_THAT(write("t", {.replacements = {file("id,amount,desc\n1,1,a\n2,2,b\n")}}), IsOk());
  ASSERT_THAT(write("t", {.deletions = {file("other,id,amount\nx,1,nil\nx,7,nil\n")}}), IsOk());
  EXPECT_THAT(all(), ElementsAre("2|2|b"));
}

TEST_P(BatchWriteTest, KindsTakeEffectInTheirOrder) {
  make_table();
  ASSERT_THAT(write("t", {.replacements = {file("id,amount,desc\n1,1,a\n2,2,b\n")},
                          .updates = {file("id,amount,desc\n1,10,same\n2,same,x\n")},
                          .deletions = {file("id\n2\n")}}),
              IsOk());
  EXPECT_THAT(all(), ElementsAre("1|10|a"));
}

TEST_P(BatchWriteTest, ACallThatFailsLeavesNothing) {
  make_table();
  EXPECT_THAT(write("t", {.replacements = {file("id,amount\n1,1\n"), file("id,amount\n2,x\n")}}),
              IsError(ErrorCode::BadData, HasSubstr("row 1, column amount")));
  EXPECT_THAT(write("t", {.replacements = {file("amount\n1\n")}}),
              IsError(ErrorCode::BadData, HasSubstr("has no column id")));
  EXPECT_THAT(write("t", {.replacements = {file("id,other\n1,1\n")}}),
              IsError(ErrorCode::BadData, HasSubstr("the column other, which table")));
  EXPECT_THAT(write("none", {.replacements = {file("id\n1\n")}}),
              IsError(ErrorCode::NotFound, HasSubstr(".none")));
  files_.cancelled = [] { return true; };
  EXPECT_THAT(write("t", {.replacements = {file("id\n1\n")}}), IsError(ErrorCode::Cancelled));
  EXPECT_THAT(all(), IsEmpty());
}

TEST_P(BatchWriteTest, EveryTypeComesBackAsItWas) {
  const std::vector<SqlColumn> columns{
      {"id", {TypeKind::Int}, true},    {"b", {TypeKind::Boolean}},
      {"s", {TypeKind::Short}},         {"l", {TypeKind::Long}},
      {"f", {TypeKind::Float}},         {"g", {TypeKind::Double}},
      {"d", decimal_type(38, 10)},      {"day", {TypeKind::NaiveDate}},
      {"at", {TypeKind::NaiveTime}},    {"naive", {TypeKind::NaiveDatetime}},
      {"utc", {TypeKind::UtcDatetime}}, {"bin", {TypeKind::Binary}},
      {"json", {TypeKind::Json}},       {"text \"quoted\"", {TypeKind::String}}};
  work([&](SqlSession& session) { return session.create({name("t"), columns}); });
  EXPECT_EQ(read("t").columns, columns);

  ASSERT_THAT(write("t", {.replacements = {file(
                              "id,b,s,l,f,g,d,day,at,naive,utc,bin,json,\"text \"\"quoted\"\"\"\n"
                              "1,true,-5,1234567890123,10.25,100.123456789,12345.123456789012345,"
                              "2024-01-01,10:35:00,2024-01-01T10:00:00.5,9999-12-31T23:59:59.999Z,"
                              "3q2+7w==,\"[1]\",'; DROP TABLE t --\n")}}),
              IsOk());

  EXPECT_THAT(rows("t", {"b", "s", "l", "f", "g", "d", "day", "at", "naive", "utc", "json",
                         "text \"quoted\""}),
              ElementsAre("true|-5|1234567890123|10.25|100.123456789|12345.1234567890|2024-01-01|"
                          "10:35:00|2024-01-01 10:00:00.5|9999-12-31 23:59:59.999+00|[1]|"
                          "'; DROP TABLE t --"));
}

TEST_P(BatchWriteTest, TablesAreAltered) {
  make_table();
  ASSERT_THAT(write("t", {.replacements = {file("id,amount,desc\n1,1.5,7\n2,2,8\n")}}), IsOk());

  work([&](SqlSession& session) {
    return alter_table(session,
                       {name("t"),
                        {{"id", {TypeKind::Long}, true},
                         {"desc", {TypeKind::Int}, true},
                         {"more", {TypeKind::Json}}}},
                       false);
  });
  const SqlTable altered = read("t");
  EXPECT_EQ(altered.columns, (std::vector<SqlColumn>{{"id", {TypeKind::Long}, true},
                                                     {"amount", {TypeKind::Double}},
                                                     {"desc", {TypeKind::Int}, true},
                                                     {"_fivetran_synced", {TypeKind::UtcDatetime}},
                                                     {"more", {TypeKind::Json}}}));
  EXPECT_THAT(all(), ElementsAre("1|1.5|7", "2|2|8"));

  work([&](SqlSession& session) {
    return alter_table(session, {name("t"), {{"amount", {TypeKind::Float}, true}}}, true);
  });
  EXPECT_EQ(read("t").columns, (std::vector<SqlColumn>{{"amount", {TypeKind::Float}, true}}));
  EXPECT_THAT(rows("t", {"amount"}), ElementsAre("1.5", "2"));
}

TEST_P(BatchWriteTest, ATypeThatDoesNotHoldTheValuesIsRefused) {
  make_table();
  ASSERT_THAT(write("t", {.replacements = {file("id,desc\n1,text\n")}}), IsOk());
  EXPECT_THAT(in_transaction([&](SqlSession& session) {
                return alter_table(
                    session,
                    {name("t"), {{"id", {TypeKind::Int}, true}, {"desc", {TypeKind::Int}}}}, false);
              }),
              IsError(ErrorCode::BadData));
  EXPECT_EQ(read("t").find("desc")->type.kind, TypeKind::String);
}

TEST_P(BatchWriteTest, TablesAreMadeOnce) {
  make_table();
  EXPECT_THAT(in_transaction([&](SqlSession& session) {
                return session.create({name("t"), {{"id", {TypeKind::Int}, true}}});
              }),
              IsError(ErrorCode::InvalidConfig, HasSubstr("exists already")));
}

TEST_P(BatchWriteTest, TruncationDeletesOrMarksWhatWasSyncedBefore) {
  make_table();
  ASSERT_THAT(write("t", {.replacements = {file("id,_fivetran_synced\n"
                                                "1,2024-01-01T00:00:00.000Z\n"
                                                "2,2024-01-01T00:00:00.001Z\n"
                                                "3,2024-01-01T00:00:00.002Z\n")}}),
              IsOk());
  TruncationPlan plan{.table = name("t"),
                      .synced_column = "_fivetran_synced",
                      .before = parse_datetime("2024-01-01T00:00:00.002Z")->instant,
                      .deleted_column = "_fivetran_deleted"};
  work([&](SqlSession& session) { return truncate_table(session, plan); });
  EXPECT_THAT(rows("t", {"id", "_fivetran_deleted"}), ElementsAre("1|true", "2|true", "3|NULL"));

  plan.deleted_column = "";
  work([&](SqlSession& session) { return truncate_table(session, plan); });
  EXPECT_THAT(rows("t", {"id"}), ElementsAre("3"));

  plan.table = name("none");
  work([&](SqlSession& session) { return truncate_table(session, plan); });
}

}  // namespace
}  // namespace tendril

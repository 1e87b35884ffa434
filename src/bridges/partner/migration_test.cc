#include <google/protobuf/text_format.h>

#include <gmock/gmock.h>

#include "bridges/partner/migration_request.h"
#include "bridges/partner/warehouse_fixture_test.h"
#include "destination_sdk.pb.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Instant kNow = parse_datetime("2024-06-01T00:00:00Z").value().instant;

class MigrationTest : public WarehouseTest {
 protected:
  // `details` is a MigrationDetails in protobuf's text form.
  Status migrate(const std::string& details) {
    fivetran_sdk::v2::MigrationDetails message;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(details, &message)) << details;
    const auto order = TRY(migration_order(schema_, message, kNow));
    return in_transaction(order.work);
  }

  void make_table(const std::string& columns, const std::string& lines) {
    work([&](SqlSession& session) {
      return session.create({name("t"),
                             {{"id", {TypeKind::Int}, true},
                              {"amount", {TypeKind::Double}},
                              {"desc", {TypeKind::String}},
                              {"_fivetran_synced", {TypeKind::UtcDatetime}},
                              {"_fivetran_deleted", {TypeKind::Boolean}}}});
    });
    ASSERT_THAT(write("t", {.replacements = {file(columns + "\n" + lines)}}), IsOk());
  }

  void make_history() {
    work([&](SqlSession& session) {
      return session.create({name("h"),
                             {{"id", {TypeKind::Int}, true},
                              {"desc", {TypeKind::String}},
                              {"_fivetran_start", {TypeKind::UtcDatetime}, true},
                              {"_fivetran_end", {TypeKind::UtcDatetime}},
                              {"_fivetran_active", {TypeKind::Boolean}}}});
    });
    ASSERT_THAT(
        write_versions(
            "h", {.replacements = {file("id,desc,_fivetran_start,_fivetran_end,_fivetran_active\n"
                                        "1,a,2024-01-01T00:00:00Z,2024-01-01T00:00:59.999Z,false\n"
                                        "1,b,2024-01-01T00:01:00Z,9999-12-31T23:59:59.999Z,true\n"
                                        "2,nil,2024-01-01T00:00:00Z,9999-12-31T23:59:59.999Z,true\n"
                                        "3,c,2024-01-01T00:00:00Z,2024-01-01T00:02:00Z,false\n")}}),
        IsOk());
  }

  std::vector<std::string> names(const std::string& table) {
    std::vector<std::string> all;
    for (const SqlColumn& column : read(table).columns) {
      all.push_back(column.name + (column.in_key ? "*" : ""));
    }
    return all;
  }
};

INSTANTIATE_TEST_SUITE_P(Warehouses, MigrationTest, testing::Values("duckdb", "postgres"),
                         [](const auto& each) { return each.param; });

TEST_P(MigrationTest, TablesAreCopiedRenamedAndDropped) {
  make_table("id,desc", "1,a\n");
  ASSERT_THAT(migrate("table: 't' copy { copy_table { from_table: 't' to_table: 'copy' } }"),
              IsOk());
  ASSERT_THAT(migrate("table: 't' drop { drop_table: true }"), IsOk());
  ASSERT_THAT(
      migrate("table: 'copy' rename { rename_table { from_table: 'copy' to_table: 'new name' } }"),
      IsOk());
  EXPECT_THAT(rows("new name", {"id", "desc"}), ElementsAre("1|a"));
  EXPECT_THAT(names("new name"),
              ElementsAre("id*", "amount", "desc", "_fivetran_synced", "_fivetran_deleted"));
  EXPECT_THAT(migrate("table: 't' rename { rename_table { from_table: 't' to_table: 'x' } }"),
              IsError(ErrorCode::NotFound));
  EXPECT_THAT(migrate("table: 't' drop { drop_table: true }"), IsOk());
}

TEST_P(MigrationTest, ColumnsAreCopiedRenamedAndSet) {
  make_table("id,amount,desc", "1,1.5,a\n2,nil,b\n");
  ASSERT_THAT(migrate("table: 't' copy { copy_column { from_column: 'desc' to_column: 'long' } }"),
              IsOk());
  ASSERT_THAT(migrate("table: 't' update_column_value { column: 'amount' value: '202.57' }"),
              IsOk());
  ASSERT_THAT(migrate("table: 't' update_column_value { column: 'desc' value: 'NULL' }"), IsOk());
  ASSERT_THAT(
      migrate("table: 't' rename { rename_column { from_column: 'amount' to_column: 'sum' } }"),
      IsOk());
  ASSERT_THAT(migrate("table: 't' add { add_column_with_default_value { column: 'at' "
                      "column_type: UTC_DATETIME default_value: '2005-05-28T20:57:00Z' } }"),
              IsOk());
  ASSERT_THAT(migrate("table: 't' add { add_column_with_default_value { column: 'it\\'s' "
                      "column_type: STRING default_value: 'it\\'s' } }"),
              IsOk());
  EXPECT_THAT(rows("t", {"id", "sum", "desc", "long", "at", "it's"}),
              ElementsAre("1|202.57|NULL|a|2005-05-28 20:57:00+00|it's",
                          "2|202.57|NULL|b|2005-05-28 20:57:00+00|it's"));
  EXPECT_THAT(migrate("table: 't' update_column_value { column: 'sum' value: 'x' }"),
              IsError(ErrorCode::BadData));
  EXPECT_THAT(migrate("table: 't' update_column_value { column: 'none' value: 'x' }"),
              IsError(ErrorCode::NotFound, HasSubstr("no column none")));
}

TEST_P(MigrationTest, AColumnThatIsAddedStartsVersions) {
  make_history();
  const std::string details =
      "table: 'h' add { add_column_in_history_mode { column: 'article' column_type: INT "
      "default_value: '7' operation_timestamp: '2024-02-01T00:00:00Z' } }";
  ASSERT_THAT(migrate(details), IsOk());
  const auto versions = [&] {
    return rows("h",
                {"id", "desc", "article", "_fivetran_start", "_fivetran_end", "_fivetran_active"},
                "id, _fivetran_start");
  };
  const auto expected =
      ElementsAre("1|a|NULL|2024-01-01 00:00:00+00|2024-01-01 00:00:59.999+00|false",
                  "1|b|NULL|2024-01-01 00:01:00+00|2024-01-31 23:59:59.999+00|false",
                  "1|b|7|2024-02-01 00:00:00+00|9999-12-31 23:59:59.999+00|true",
                  "2|NULL|NULL|2024-01-01 00:00:00+00|2024-01-31 23:59:59.999+00|false",
                  "2|NULL|7|2024-02-01 00:00:00+00|9999-12-31 23:59:59.999+00|true",
                  "3|c|NULL|2024-01-01 00:00:00+00|2024-01-01 00:02:00+00|false");
  EXPECT_THAT(versions(), expected);
  ASSERT_THAT(migrate(details), IsOk());  // Sent again.
  EXPECT_THAT(versions(), expected);
  EXPECT_THAT(migrate("table: 'h' add { add_column_in_history_mode { column: 'late' "
                      "column_type: INT operation_timestamp: '2024-01-15T00:00:00Z' } }"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("start after")));
}

TEST_P(MigrationTest, AColumnThatIsDroppedEndsVersionsThatHaveIt) {
  make_history();
  ASSERT_THAT(migrate("table: 'h' drop { drop_column_in_history_mode { column: 'desc' "
                      "operation_timestamp: '2024-02-01T00:00:00Z' } }"),
              IsOk());
  EXPECT_THAT(rows("h", {"id", "desc", "_fivetran_active"}, "id, _fivetran_start"),
              ElementsAre("1|a|false", "1|b|false", "1|NULL|true", "2|NULL|true", "3|c|false"));
}

constexpr const char* kOpenEnd = "9999-12-31 23:59:59.999+00";

TEST_P(MigrationTest, SoftDeleteBecomesHistory) {
  make_table("id,desc,_fivetran_synced,_fivetran_deleted",
             "1,a,2024-01-01T00:00:00Z,false\n2,b,2024-01-02T00:00:00Z,true\n"
             "3,c,2024-01-01T00:00:00Z,nil\n");
  ASSERT_THAT(migrate("table: 't' table_sync_mode_migration { type: SOFT_DELETE_TO_HISTORY "
                      "soft_deleted_column: '_fivetran_deleted' }"),
              IsOk());
  EXPECT_THAT(names("t"), ElementsAre("id*", "amount", "desc", "_fivetran_synced",
                                      "_fivetran_start*", "_fivetran_end", "_fivetran_active"));
  const std::string open = std::string("2024-01-02 00:00:00+00|") + kOpenEnd + "|true";
  EXPECT_THAT(rows("t", {"id", "_fivetran_start", "_fivetran_end", "_fivetran_active"}),
              ElementsAre("1|" + open, "2|0001-01-01 00:00:00+00|0001-01-01 00:00:00+00|false",
                          "3|" + open));
}

TEST_P(MigrationTest, LiveBecomesHistoryInACopy) {
  make_table("id,desc", "1,a\n");
  ASSERT_THAT(migrate("copy { copy_table_to_history_mode { from_table: 't' to_table: 'h' } }"),
              IsOk());
  EXPECT_THAT(rows("h", {"id", "_fivetran_start", "_fivetran_end", "_fivetran_active"}),
              ElementsAre(std::string("1|2024-06-01 00:00:00+00|") + kOpenEnd + "|true"));
  EXPECT_THAT(rows("t", {"id"}), ElementsAre("1"));
}

TEST_P(MigrationTest, HistoryBecomesSoftDelete) {
  make_history();
  ASSERT_THAT(migrate("table: 'h' table_sync_mode_migration { type: HISTORY_TO_SOFT_DELETE "
                      "soft_deleted_column: '_fivetran_deleted' }"),
              IsOk());
  EXPECT_THAT(names("h"), ElementsAre("id*", "desc", "_fivetran_deleted"));
  EXPECT_THAT(rows("h", {"id", "desc", "_fivetran_deleted"}),
              ElementsAre("1|b|false", "2|NULL|false", "3|c|true"));
}

TEST_P(MigrationTest, HistoryBecomesLive) {
  make_history();
  ASSERT_THAT(migrate("copy { copy_table { from_table: 'h' to_table: 'kept' } }"), IsOk());
  ASSERT_THAT(migrate("table: 'h' table_sync_mode_migration { type: HISTORY_TO_LIVE }"), IsOk());
  EXPECT_THAT(rows("h", {"id", "desc"}), ElementsAre("1|b", "2|NULL"));
  ASSERT_THAT(migrate("table: 'kept' table_sync_mode_migration { type: HISTORY_TO_LIVE "
                      "keep_deleted_rows: true }"),
              IsOk());
  EXPECT_THAT(rows("kept", {"id", "desc"}), ElementsAre("1|b", "2|NULL", "3|c"));
}

TEST_P(MigrationTest, SoftDeleteAndLiveBecomeEachOther) {
  make_table("id,_fivetran_deleted", "1,true\n2,false\n3,nil\n");
  ASSERT_THAT(migrate("table: 't' table_sync_mode_migration { type: SOFT_DELETE_TO_LIVE "
                      "soft_deleted_column: '_fivetran_deleted' }"),
              IsOk());
  EXPECT_THAT(names("t"), ElementsAre("id*", "amount", "desc", "_fivetran_synced"));
  ASSERT_THAT(migrate("table: 't' table_sync_mode_migration { type: LIVE_TO_SOFT_DELETE "
                      "soft_deleted_column: 'gone' }"),
              IsOk());
  EXPECT_THAT(rows("t", {"id", "gone"}), ElementsAre("2|false", "3|false"));
  EXPECT_THAT(migrate("table: 't' table_sync_mode_migration { type: HISTORY_TO_LIVE }"),
              IsError(ErrorCode::BadData, HasSubstr("not in history mode")));
}

TEST(MigrationOrders, NameWhatTheyLack) {
  const auto order = [](const std::string& details) {
    fivetran_sdk::v2::MigrationDetails message;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(details, &message));
    return migration_order("s", message, kNow).error().code;
  };
  EXPECT_EQ(order("table: 't'"), ErrorCode::Unsupported);
  EXPECT_EQ(order("table: 't' drop {}"), ErrorCode::Unsupported);
  EXPECT_EQ(order("table: 't' copy { copy_column { from_column: 'a' } }"), ErrorCode::BadData);
  EXPECT_EQ(order("table: 't' drop { drop_column_in_history_mode { column: 'a' "
                  "operation_timestamp: 'soon' } }"),
            ErrorCode::BadData);
}

}  // namespace
}  // namespace tendril

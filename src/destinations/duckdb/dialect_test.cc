// Tables in another program's dialect: other marks, declared keys, an order of columns.
#include "destinations/duckdb/dialect.h"

#include <gmock/gmock.h>

#include "data/batch_builder.h"
#include "destinations/duckdb/duckdb_destination.h"
#include "destinations/duckdb/session.h"
#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Texts = std::vector<std::optional<std::string>>;

class DialectTest : public ::testing::Test {
 protected:
  DialectTest() {
    TableDialect dialect{.marks = {.synced = "_synced", .deleted = "_deleted"},
                         .declares_keys = true,
                         .truncation_keeps_synced = true,
                         .records_schema = "records",
                         .column_order = [](const std::string&) {
                           return std::vector<std::string>{"id", "_synced", "name"};
                         }};
    spec_ = duckdb_destination({.files = files_, .dialect = std::move(dialect)});
  }

  Destination& open() {
    destination_.reset();
    destination_ = spec_.make((folder_ / "w.db").string() + "?schema=tester").value();
    EXPECT_THAT(destination_->open("c"), IsOk());
    return *destination_;
  }

  static TablePlan plan(std::vector<std::string> key = {"id"}) {
    return {
        .schema = {"t", {{"id", {TypeKind::Long}}, {"name", {TypeKind::String}}}, std::move(key)},
        .mode = WriteMode::Merge};
  }

  static Batch batch(Operation operation, std::int64_t id, std::string_view name) {
    BatchBuilder rows(plan().schema);
    rows.cell("id").append_int(id);
    rows.cell("name").append_string(name);
    rows.end_row();
    return rows.take(operation).value();
  }

  SqlRows sql(const std::string& statement) {
    destination_.reset();
    auto file = files_->open(folder_ / "w.db", {});
    auto session = DuckdbSession::open(std::move(file).value());
    return session.value()->rows(statement).value();
  }

  const TemporaryFolder folder_;
  const std::shared_ptr<DuckdbFiles> files_ = std::make_shared<DuckdbFiles>();
  DestinationSpec spec_;
  std::unique_ptr<Destination> destination_;
};

TEST_F(DialectTest, DecidesWhatATableIsMadeOf) {
  Destination& destination = open();
  ASSERT_THAT(destination.prepare(plan()), IsOk());
  ASSERT_THAT(destination.commit({.entries = {{"", "", "{}"}}}), IsOk());

  EXPECT_THAT(sql("SELECT column_name FROM duckdb_columns() WHERE table_name = 't' ORDER BY "
                  "column_index"),
              ElementsAre(Texts{"id"}, Texts{"_synced"}, Texts{"name"}, Texts{"_deleted"}));
  EXPECT_THAT(sql("SELECT constraint_text FROM duckdb_constraints() WHERE table_name = 't' AND "
                  "constraint_type = 'PRIMARY KEY'"),
              ElementsAre(Texts{"PRIMARY KEY(id)"}));
  EXPECT_THAT(sql("SELECT DISTINCT schema_name FROM duckdb_tables() WHERE table_name LIKE "
                  "'_tendril%'"),
              ElementsAre(Texts{"records"}));
}

TEST_F(DialectTest, ReplacesRowsOfADeclaredKey) {
  Destination& destination = open();
  ASSERT_THAT(destination.prepare(plan()), IsOk());
  for (const auto* name : {"first", "second"}) {
    ASSERT_THAT(destination.write(batch(Operation::Upsert, 1, name)), IsOk());
    ASSERT_THAT(destination.write(batch(Operation::Upsert, 1, std::string(name) + " again")),
                IsOk());
    ASSERT_THAT(destination.write(batch(Operation::Upsert, 2, name)), IsOk());
    ASSERT_THAT(destination.commit({}), IsOk());
  }
  ASSERT_THAT(destination.write(batch(Operation::Delete, 2, "")), IsOk());
  ASSERT_THAT(destination.write(batch(Operation::Update, 1, "third")), IsOk());
  ASSERT_THAT(destination.commit({}), IsOk());

  EXPECT_THAT(sql("SELECT name, _deleted::VARCHAR FROM warehouse.tester.t ORDER BY id"),
              ElementsAre(Texts{"third", "false"}, Texts{"second", "true"}));
}

TEST_F(DialectTest, KeepsWhenTruncatedRowsWereSynced) {
  Destination& destination = open();
  ASSERT_THAT(destination.prepare(plan()), IsOk());
  ASSERT_THAT(destination.write(batch(Operation::Upsert, 1, "x")), IsOk());
  ASSERT_THAT(destination.commit({}), IsOk());
  const SqlRows before = sql("SELECT _synced::VARCHAR FROM warehouse.tester.t");

  Destination& later = open();
  ASSERT_THAT(later.prepare(plan()), IsOk());
  Batch truncation = batch(Operation::Upsert, 1, "");
  truncation.operation = Operation::Truncate;
  truncation.rows = nullptr;
  truncation.truncate_before = instant_from_micros(INT64_C(4'000'000'000'000'000));
  ASSERT_THAT(later.write(truncation), IsOk());
  ASSERT_THAT(later.commit({}), IsOk());

  EXPECT_THAT(sql("SELECT _synced::VARCHAR FROM warehouse.tester.t WHERE _deleted"), before);
}

TEST_F(DialectTest, RefusesAnotherKey) {
  ASSERT_THAT(open().prepare(plan()), IsOk());
  ASSERT_THAT(destination_->commit({}), IsOk());

  EXPECT_THAT(open().prepare(plan({"name"})),
              IsError(ErrorCode::InvalidConfig,
                      "primary key of table t can not change: it is (id), and is to be (name)"));
}

TEST_F(DialectTest, RefusesToWidenAKey) {
  ASSERT_THAT(open().prepare(plan()), IsOk());
  BatchBuilder rows({"t", {}, {"id"}});
  rows.cell("id").append_string("text");
  rows.end_row();

  EXPECT_THAT(destination_->write(rows.take().value()),
              IsError(ErrorCode::InvalidConfig,
                      AllOf(HasSubstr("column id of table t"), HasSubstr("primary key"))));
}

}  // namespace
}  // namespace tendril

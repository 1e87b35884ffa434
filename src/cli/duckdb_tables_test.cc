// What table settings make of real rows in a real DuckDB file: contracts, variants, tables of
// lists.
#include <memory>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/builtin_destinations.h"
#include "connector/registry.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/secret.h"
#include "data/batch_builder.h"
#include "destinations/duckdb/file.h"
#include "destinations/duckdb/session.h"
#include "destinations/duckdb/sql.h"
#include "sync/sync.h"
#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A source of one stream, `orders`, that yields one batch for each list of records.
class RecordSource final : public Source {
 public:
  TableSchema declared{
      .name = "orders", .columns = {{"id", {TypeKind::Long}}}, .primary_key = {"id"}};
  bool incremental = true;
  std::vector<std::pair<Operation, List>> batches;

  Status check(std::stop_token) override { return {}; }
  Result<Catalog> discover(std::stop_token) override {
    StreamInfo info;
    info.schema = declared;
    info.incremental = incremental;
    Catalog catalog;
    catalog.streams.push_back(std::move(info));
    return catalog;
  }
  Result<std::unique_ptr<StreamReader>> open(const StreamRequest&, std::stop_token) override {
    return std::make_unique<Reader>(*this);
  }

 private:
  class Reader final : public StreamReader {
   public:
    explicit Reader(const RecordSource& source) : source_(source) {}
    Value plan() const override { return nullptr; }
    Result<std::optional<Slice>> next_slice(std::stop_token) override {
      return std::exchange(planned_, true) ? std::optional<Slice>() : Slice{.id = "all"};
    }
    Result<Value> read(const Slice&, const Value&, SliceSink& sink, std::stop_token) override {
      for (const auto& [operation, records] : source_.batches) {
        BatchBuilder builder(source_.declared);
        for (const Value& record : records) {
          builder.add_row(*record.as_map());
        }
        Batch batch = TRY(builder.take(operation));
        TRY(sink.write(std::move(batch)));
      }
      return Value();
    }
    Value finish(std::span<const SliceResult>) override { return 1; }

   private:
    const RecordSource& source_;
    bool planned_ = false;
  };
};

class NoLines final : public LogSink {
 public:
  void line(LogLevel, std::string_view) override {}
};

class DuckdbTables : public testing::Test {
 protected:
  DuckdbTables() {
    add_builtin_destinations(registry_);
    options.connection = "main";
  }

  StreamReport run(List records) { return run({{Operation::Upsert, std::move(records)}}); }

  StreamReport run(std::vector<std::pair<Operation, List>> batches) {
    source.batches = std::move(batches);
    auto destination = registry_.make_destination("duckdb:" + file_.string());
    EXPECT_THAT(destination, IsOk());
    SyncProgress progress;
    const auto report =
        run_sync(source, **destination, options, *clock_, log_, progress, std::stop_token());
    EXPECT_THAT(report, IsOk());
    return report->streams.at(0);
  }

  // The rows of a query, their columns joined by "|".
  std::vector<std::string> query(const std::string& sql) const {
    auto file = DuckdbFile::open(file_, {.read_only = true});
    EXPECT_THAT(file, IsOk());
    auto session = DuckdbSession::open(std::move(file).value());
    EXPECT_THAT(session, IsOk());
    EXPECT_THAT((*session)->run("USE " + sql_name(kFileCatalog)), IsOk());
    const auto rows = (*session)->rows("SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (" + sql + ")");
    EXPECT_THAT(rows, IsOk());
    std::vector<std::string> lines;
    for (const auto& row : *rows) {
      std::string line;
      for (const auto& cell : row) {
        line += (line.empty() ? "" : "|") + cell.value_or("-");
      }
      lines.push_back(line);
    }
    return lines;
  }

  RecordSource source;
  SyncOptions options;

 private:
  const TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_ / "warehouse.db";
  Registry registry_;
  const std::unique_ptr<Clock> clock_ = system_clock();  // As the destination's.
  Redactor redactor_;
  NoLines lines_;
  Log log_{LogLevel::Off, LogFormat::Text, *clock_, redactor_, lines_};
};

Map order(int id, Value lines) { return {{"id", id}, {"lines", std::move(lines)}}; }

List two_lines() {
  return {Map{{"sku", "a"}, {"taxes", List{5, 7}}}, Map{{"sku", "b"}, {"size", Map{{"w", 1}}}}};
}

TEST_F(DuckdbTables, VariantsKeepAColumnsType) {
  options.tables["orders"].variants = true;
  ASSERT_EQ(run({Map{{"id", 1}, {"amount", 5}}}).outcome, StreamOutcome::Done);

  const StreamReport report =
      run({Map{{"id", 2}, {"amount", "many"}}, Map{{"id", 3}, {"amount", 7}}});

  EXPECT_EQ(report.outcome, StreamOutcome::Done);
  EXPECT_THAT(query("SELECT id, amount, amount__string, typeof(amount) FROM orders ORDER BY id"),
              ElementsAre("1|5|-|BIGINT", "2|-|many|BIGINT", "3|7|-|BIGINT"));
}

TEST_F(DuckdbTables, ContractsHoldFromTheSecondRunOn) {
  options.table_defaults.new_columns = ContractRule::DiscardValue;
  options.table_defaults.new_types = ContractRule::DiscardRow;
  ASSERT_EQ(run({Map{{"id", 1}, {"amount", 5}}}).outcome, StreamOutcome::Done);

  const StreamReport report = run({Map{{"id", 2}, {"amount", 6}, {"extra", "x"}},
                                   Map{{"id", 3}, {"amount", "many"}, {"extra", nullptr}}});

  EXPECT_EQ(report.outcome, StreamOutcome::Done);
  EXPECT_EQ(report.values_discarded, 1);
  EXPECT_EQ(report.rows_rejected, 1);
  EXPECT_THAT(query("SELECT id, amount FROM orders ORDER BY id"), ElementsAre("1|5", "2|6"));
  EXPECT_THAT(query("SELECT reason, payload FROM _tendril_rejected"),
              ElementsAre("column amount holds LONG, the source gives STRING|"
                          R"({"id":3,"amount":"many"})"));
  options.table_defaults.new_columns = ContractRule::Freeze;
  EXPECT_THAT(run({Map{{"id", 4}, {"extra", "x"}}}).error->message, HasSubstr("is frozen"));
  EXPECT_THAT(query("SELECT id FROM orders WHERE id = 4"), IsEmpty());
}

TEST_F(DuckdbTables, ListsBecomeTables) {
  options.tables["orders"].normalize = Normalization{.all = true};

  const StreamReport report = run({order(1, two_lines()), order(2, List{}), order(3, nullptr)});

  EXPECT_EQ(report.outcome, StreamOutcome::Done) << report.error->message;
  EXPECT_EQ(report.child_rows_written, 4);
  EXPECT_THAT(query("SELECT id FROM orders ORDER BY id"), ElementsAre("1", "2", "3"));
  EXPECT_THAT(query("SELECT column_name FROM duckdb_columns() WHERE table_name = 'orders' AND "
                    "column_name NOT LIKE '_tendril%'"),
              ElementsAre("id"));
  EXPECT_THAT(query("SELECT _parent_id, _index, sku, size__w FROM orders__lines ORDER BY ALL"),
              ElementsAre("1|0|a|-", "1|1|b|1"));
  EXPECT_THAT(
      query("SELECT _parent_id, _index_1, _index, value FROM orders__lines__taxes ORDER BY ALL"),
      ElementsAre("1|0|0|5", "1|0|1|7"));
}

TEST_F(DuckdbTables, ANewVersionOfARowReplacesItsLists) {
  options.tables["orders"].normalize = Normalization{.all = true};
  options.hard_deletes = true;
  run({order(1, two_lines()), order(2, two_lines())});

  run({order(1, List{Map{{"sku", "c"}}})});
  EXPECT_THAT(query("SELECT _parent_id, _index, sku FROM orders__lines ORDER BY ALL"),
              ElementsAre("1|0|c", "2|0|a", "2|1|b"));
  EXPECT_THAT(query("SELECT _parent_id, value FROM orders__lines__taxes ORDER BY ALL"),
              ElementsAre("2|5", "2|7"));

  run({order(2, two_lines()), order(2, List{Map{{"sku", "last"}}})});
  EXPECT_THAT(query("SELECT sku FROM orders__lines WHERE _parent_id = 2"), ElementsAre("last"))
      << "of two versions in a batch the later one counts";
}

TEST_F(DuckdbTables, ADeletedRowTakesItsListsAlong) {
  options.tables["orders"].normalize = Normalization{.all = true};
  run({order(1, two_lines()), order(2, two_lines())});

  run({{Operation::Delete, {Map{{"id", 1}}}}});

  EXPECT_THAT(query("SELECT _parent_id FROM orders__lines WHERE NOT _tendril_deleted"),
              ElementsAre("2", "2"));
  EXPECT_THAT(query("SELECT _parent_id FROM orders__lines__taxes WHERE NOT _tendril_deleted"),
              ElementsAre("2", "2"));
}

TEST_F(DuckdbTables, AWholeReadMarksListsOfRowsThatAreGone) {
  options.tables["orders"].normalize = Normalization{.all = true};
  source.incremental = false;
  run({order(1, two_lines()), order(2, two_lines())});

  run({order(2, two_lines())});

  EXPECT_THAT(query("SELECT DISTINCT _parent_id FROM orders__lines WHERE NOT _tendril_deleted"),
              ElementsAre("2"));
}

TEST_F(DuckdbTables, TablesOfListsAreReplacedTogetherWithTheirTable) {
  options.tables["orders"].normalize = Normalization{.paths = {"lines"}};
  options.mode = WriteMode::Replace;
  run({order(1, two_lines())});

  run({order(2, List{}), order(3, List{Map{{"sku", "x"}}})});

  EXPECT_THAT(query("SELECT id FROM orders ORDER BY id"), ElementsAre("2", "3"));
  EXPECT_THAT(query("SELECT _parent_id, sku FROM orders__lines"), ElementsAre("3|x"));

  run({order(4, List{})});
  EXPECT_THAT(query("SELECT _parent_id FROM orders__lines"), IsEmpty())
      << "a list without rows has none";
}

TEST_F(DuckdbTables, ListsOfAppendedRowsAreAppended) {
  options.tables["orders"].normalize = Normalization{.paths = {"lines"}};
  options.mode = WriteMode::Append;
  run({order(1, two_lines())});

  run({order(1, List{Map{{"sku", "x"}}})});

  EXPECT_THAT(query("SELECT sku FROM orders__lines ORDER BY ALL"), ElementsAre("a", "b", "x"));
  EXPECT_THAT(query("SELECT taxes FROM orders__lines WHERE taxes IS NOT NULL"),
              ElementsAre("[5,7]"));
}

TEST_F(DuckdbTables, WhatIsNoListStays) {
  options.tables["orders"].normalize = Normalization{.all = true};

  run({order(1, Map{{"k", 1}}), order(2, List{1})});

  EXPECT_THAT(query("SELECT id, lines FROM orders ORDER BY id"), ElementsAre("1|{\"k\":1}", "2|-"));
  EXPECT_THAT(query("SELECT _parent_id, value FROM orders__lines"), ElementsAre("2|1"));
}

}  // namespace
}  // namespace tendril

// DestinationFixture: what the contract suite (testing/destination_contract.h) has to know of a
// destination: how to make one, and how to look at its storage behind its back.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "connector/destination.h"
#include "core/check.h"
#include "data/batch_builder.h"
#include "data/value.h"
#include "testing/fake_clock.h"
#include "testing/matchers.h"

namespace tendril {

// A stored row: column name to text, nullopt for NULL. Texts are spelt as ColumnBuilder spells them
// in a String column ("1.5", "2024-01-02T03:04:05Z", bytes as Base64). `_tendril_synced` and the
// marks of mode History are left out, and so is a `_tendril_deleted` that is false or NULL.
using StoredRow = std::map<std::string, std::optional<std::string>>;

// One storage, empty at first, and the destinations that write to it.
class DestinationFixture {
 public:
  virtual ~DestinationFixture() = default;

  // Returns a new destination, not opened yet. It takes the time from `clock`.
  virtual std::unique_ptr<Destination> destination() = 0;

  // Returns the rows that a reader sees now, in any order; nullopt when there is no such table.
  virtual std::optional<std::vector<StoredRow>> look(const std::string& table) = 0;

  // Returns `_tendril_synced` of all rows, as text, in order.
  virtual std::vector<std::string> synced(const std::string& table) = 0;

  // Returns the rows of a table that was written in mode History, in any order, with
  // `_tendril_start`, `_tendril_end`, `_tendril_active` and `_tendril_synced` as columns like
  // others. REQUIRES: keeps_history().
  virtual std::vector<StoredRow> history(const std::string& /*table*/) { return {}; }

  // Returns the type of a column as the destination names it: "BIGINT".
  virtual std::string stored_type(const std::string& /*table*/, const std::string& /*column*/) {
    return "";
  }

  // False when rows and state are gone with the destination, as those of "null:" are.
  virtual bool keeps_rows() const { return true; }

  // False when rows, once written, stay as they are: prepare() refuses the mode Merge, and a load
  // in Replace mode keeps all rows of a key.
  virtual bool merges() const { return true; }

  // False when prepare() refuses the mode History.
  virtual bool keeps_history() const { return merges(); }

  FakeClock& clock() { return *clock_; }

 protected:
  const std::shared_ptr<FakeClock> clock_ = std::make_shared<FakeClock>();
};

// A destination to test, by name. `make` returns nullptr where it can not be tested: `reason` says
// why.
struct DestinationUnderTest {
  std::string name;
  std::function<std::unique_ptr<DestinationFixture>()> make;
  std::string reason = {};

  friend void PrintTo(const DestinationUnderTest& under_test, std::ostream* out) {
    *out << under_test.name;
  }
};

// Rows of a table with the columns and types of `schema`, and others as they come.
inline Batch batch_of(const TableSchema& schema, const std::vector<Map>& rows,
                      Operation operation = Operation::Upsert) {
  BatchBuilder builder(schema);
  for (const Map& row : rows) {
    builder.add_row(row);
  }
  Result<Batch> batch = builder.take(operation);
  CHECK(batch.ok());
  return std::move(batch).value();
}

inline Batch truncation_of(const TableSchema& schema, Instant before) {
  return {.operation = Operation::Truncate,
          .schema = std::make_shared<const TableSchema>(schema),
          .rows = nullptr,
          .truncate_before = before};
}

// A table with a whole number `id` and a text `value`.
inline TableSchema plain_table(std::string name = "items") {
  return {std::move(name), {{"id", {TypeKind::Long}}, {"value", {TypeKind::String}}}};
}

inline TableSchema keyed_table(std::string name = "items") {
  TableSchema schema = plain_table(std::move(name));
  schema.primary_key = {"id"};
  return schema;
}

inline Map item(std::int64_t id, Value value) { return {{"id", id}, {"value", std::move(value)}}; }

inline StoredRow stored_item(std::int64_t id, std::optional<std::string> value) {
  return {{"id", std::to_string(id)}, {"value", std::move(value)}};
}

inline StoredRow deleted_item(std::int64_t id, std::optional<std::string> value) {
  StoredRow row = stored_item(id, std::move(value));
  row["_tendril_deleted"] = "true";
  return row;
}

// What all suites start from.
class DestinationContract : public ::testing::TestWithParam<DestinationUnderTest> {
 protected:
  void SetUp() override {
    fixture_ = GetParam().make();
    if (fixture_ == nullptr) {
      GTEST_SKIP() << GetParam().reason;
    }
  }

  // Opens a destination as a run of `connection` does, after whatever run there was before is gone.
  Destination& open(const std::string& connection = "connection") {
    destination_.reset();
    destination_ = fixture_->destination();
    const Status opened = destination_->open(connection);
    EXPECT_THAT(opened, IsOk());
    return *destination_;
  }

  // A crash: the destination is gone, and so is what it did not commit.
  void crash() { destination_.reset(); }

  // One whole run that writes `batches` in one commit.
  void run(const TablePlan& plan, const std::vector<Batch>& batches) {
    Destination& destination = open();
    ASSERT_THAT(destination.prepare(plan), IsOk());
    for (const Batch& batch : batches) {
      ASSERT_THAT(destination.write(batch), IsOk());
    }
    Checkpoint checkpoint;
    if (plan.mode == WriteMode::Replace) {
      checkpoint.completed_tables = {plan.schema.name};
    }
    ASSERT_THAT(destination.commit(checkpoint), IsOk());
    crash();
  }

  std::vector<StoredRow> rows(const std::string& table = "items") {
    return fixture_->look(table).value_or(std::vector<StoredRow>());
  }

  std::unique_ptr<DestinationFixture> fixture_;
  std::unique_ptr<Destination> destination_;
};

// The same for destinations that keep what is committed.
class KeepingDestination : public DestinationContract {
 protected:
  void SetUp() override {
    DestinationContract::SetUp();
    if (fixture_ != nullptr && !fixture_->keeps_rows()) {
      GTEST_SKIP() << GetParam().name << " keeps nothing";
    }
  }
};

}  // namespace tendril

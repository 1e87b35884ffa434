// WarehouseFixture: a warehouse of each kind that can be served, and batch files for it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "bridges/partner/batch_write.h"
#include "bridges/partner/staged_files.h"
#include "connector/sql_warehouse.h"
#include "testing/temporary_folder.h"

namespace tendril {

// Included by tests only. The parameter is the warehouse's scheme.
class WarehouseTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Runs `work` in a transaction of a session of its own, which is committed when all went well.
  Status in_transaction(const std::function<Status(SqlSession&)>& work);
  // The same for what has to go well.
  void work(const std::function<Status(SqlSession&)>& work);

  SqlTableName name(const std::string& table) const { return {schema_, table}; }
  SqlTable read(const std::string& table);

  // The rows of a query's columns in their order, as "1|a|NULL".
  std::vector<std::string> rows(const std::string& table, const std::vector<std::string>& columns,
                                const std::string& order = "");

  // Writes a file; returns its path.
  std::string file(const std::string& text);

  Status write(const std::string& table, const BatchPaths& paths);
  Status write_versions(const std::string& table, const BatchPaths& paths);

  TemporaryFolder folder_;
  BatchFiles files_{.params = {.null_string = "nil", .unmodified_string = "same"}, .keys = {}};
  std::unique_ptr<SqlWarehouse> warehouse_;
  std::string schema_;

 private:
  int files_written_ = 0;
};

}  // namespace tendril

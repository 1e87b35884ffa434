#include "destinations/duckdb/duckdb_warehouse.h"

#include <utility>

#include "destinations/duckdb/duckdb_sql_session.h"
#include "destinations/duckdb/target.h"

namespace tendril {
namespace {

class DuckdbWarehouse final : public SqlWarehouse {
 public:
  DuckdbWarehouse(DuckdbTarget target, std::shared_ptr<DuckdbFiles> files)
      : target_(std::move(target)), files_(std::move(files)) {}

  const std::string& default_schema() const override { return target_.schema; }

  bool has_login() const override { return false; }

  Result<std::unique_ptr<SqlSession>> open(const SqlLogin& /*login*/) override {
    auto file = TRY(files_->open(target_.path, target_.settings));
    auto session = TRY(DuckdbSession::open(std::move(file)));
    return duckdb_sql_session(std::move(session));
  }

 private:
  const DuckdbTarget target_;
  const std::shared_ptr<DuckdbFiles> files_;  // Shared with whoever else opens the file.
};

}  // namespace

Result<std::unique_ptr<SqlWarehouse>> duckdb_warehouse(std::string_view target,
                                                       DuckdbWarehouseOptions options) {
  DuckdbTarget parsed = TRY(parse_duckdb_target(target, options.settings));
  if (options.files == nullptr) {
    options.files = std::make_shared<DuckdbFiles>();
  }
  return std::make_unique<DuckdbWarehouse>(std::move(parsed), std::move(options.files));
}

}  // namespace tendril

// DuckdbFixture: a database file in a folder of its own, for the contract suite and other tests.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "destinations/duckdb/duckdb_destination.h"
#include "destinations/duckdb/session.h"
#include "testing/destination_fixture.h"
#include "testing/temporary_folder.h"

namespace tendril {

// Included by tests only.
class DuckdbFixture final : public DestinationFixture {
 public:
  // `settings` is appended to the file: "?schema=other".
  explicit DuckdbFixture(std::string settings = "");

  std::unique_ptr<Destination> destination() override;
  std::optional<std::vector<StoredRow>> look(const std::string& table) override;
  std::vector<std::string> synced(const std::string& table) override;
  std::vector<StoredRow> history(const std::string& table) override;
  std::string stored_type(const std::string& table, const std::string& column) override;

  // Runs SQL on the file, which a destination may have open, and returns the rows. All columns have
  // to be VARCHAR or BIGINT.
  SqlRows sql(const std::string& statement);

  const std::shared_ptr<DuckdbFiles>& files() const { return files_; }
  const std::filesystem::path& folder() const { return folder_.path(); }
  std::filesystem::path file() const { return folder_ / "warehouse.duckdb"; }

 private:
  // Returns the rows with these columns, of those that are marks.
  std::optional<std::vector<StoredRow>> rows(const std::string& table,
                                             const std::vector<Column>& marks);

  TemporaryFolder folder_;
  std::string schema_ = "main";
  std::shared_ptr<DuckdbFiles> files_ = std::make_shared<DuckdbFiles>();
  std::string settings_;
  DestinationSpec spec_;
};

}  // namespace tendril

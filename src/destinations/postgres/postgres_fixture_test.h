// PostgresFixture: a schema of its own on the server that all tests share, for the contract suite
// and other tests.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "destinations/postgres/postgres_destination.h"
#include "destinations/postgres/session.h"
#include "testing/destination_fixture.h"
#include "testing/postgres_server.h"

namespace tendril {

constexpr const char* kNoPostgres = "no PostgreSQL server is installed";

// Included by tests only.
class PostgresFixture final : public DestinationFixture {
 public:
  // Returns nullptr where no server is installed.
  static std::unique_ptr<PostgresFixture> make();
  // On a server that the test owns, which must outlive the fixture.
  explicit PostgresFixture(const PostgresServer& server);
  ~PostgresFixture() override;

  std::unique_ptr<Destination> destination() override;
  std::optional<std::vector<StoredRow>> look(const std::string& table) override;
  std::vector<std::string> synced(const std::string& table) override;
  std::vector<StoredRow> history(const std::string& table) override;
  std::string stored_type(const std::string& table, const std::string& column) override;

  // Runs SQL in the fixture's schema, and returns the rows.
  PostgresRows sql(const std::string& statement);

  const std::string& schema() const { return schema_; }
  // What stands behind "postgres:".
  std::string target() const;

 private:
  std::vector<StoredRow> rows(const std::string& table, bool with_versions);

  const std::string uri_;
  const std::string schema_;
  DestinationSpec spec_;
  std::unique_ptr<PostgresSession> session_;
};

}  // namespace tendril

// The GitHub connector into a real PostgreSQL server: everything lands as the sandbox knows it, and
// later syncs bring it up to date.
#include <libpq-fe.h>

#include <gmock/gmock.h>

#include "data/instant.h"
#include "data/json.h"
#include "github_sandbox.h"
#include "testing/postgres_server.h"

namespace tendril {
namespace {

class PostgresSync : public GithubSandbox {
 protected:
  void SetUp() override {
    postgres_ = PostgresServer::start();
    if (postgres_ == nullptr) {
      GTEST_SKIP() << "no PostgreSQL server is installed";
    }
    serve(300);
  }

  Ended sync_to_postgres(const std::string& streams) const {
    return run_tendril({"sync", "github", "--config", folder_ / "github.json", "--to",
                        postgres_->uri() + "?schema=github", "--stream", streams, "--log-format",
                        "json"});
  }

  // The live rows of a table as JSON, by their key.
  std::map<std::string, Value> stored(const std::string& table, const std::string& key) const {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(
        PQconnectdb(postgres_->uri().c_str()), &PQfinish);
    const std::string sql = "SELECT " + key + "::text, to_jsonb(t) FROM github." + table +
                            " AS t WHERE _tendril_deleted IS NOT TRUE";
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(
        PQexec(connection.get(), sql.c_str()), &PQclear);
    EXPECT_EQ(PQresultStatus(result.get()), PGRES_TUPLES_OK) << PQerrorMessage(connection.get());
    std::map<std::string, Value> rows;
    for (int row = 0; row < PQntuples(result.get()); ++row) {
      auto parsed = parse_json(PQgetvalue(result.get(), row, 1));
      EXPECT_TRUE(parsed.ok());
      rows[PQgetvalue(result.get(), row, 0)] = std::move(parsed).value();
    }
    return rows;
  }

  static bool is_same(const Value& known, const Value& stored) {
    if (known == stored) {
      return true;
    }
    const std::string* const a = known.as_string();
    const std::string* const b = stored.as_string();
    if (a == nullptr || b == nullptr) {
      return false;
    }
    const auto first = parse_datetime(*a);
    const auto second = parse_datetime(*b);
    return first.ok() && second.ok() && *first == *second;
  }

  // Says where the live rows of `table` differ from those of `entity`, in each column that both
  // have; "" when nowhere.
  std::string difference_of(const std::string& table, std::string_view entity) const {
    const List known = rows(entity);
    const std::map<std::string, Value> stored_rows = stored(table, "id");
    if (known.size() != stored_rows.size()) {
      return std::to_string(stored_rows.size()) + " rows of " + std::to_string(known.size());
    }
    for (const Value& row : known) {
      const auto found = stored_rows.find(to_json(*row.find("id")));
      if (found == stored_rows.end()) {
        return "no row " + to_json(*row.find("id"));
      }
      for (const auto& [name, value] : row.as_map()->members()) {
        const Value* const other = found->second.find(name);
        if (other != nullptr && !is_same(value, *other)) {
          return name + ": " + to_json(value) + " is " + to_json(*other);
        }
      }
    }
    return "";
  }

  std::unique_ptr<PostgresServer> postgres_;
};

TEST_F(PostgresSync, LandsWhatTheSandboxKnowsAndKeepsItUpToDate) {
  const Ended first = sync_to_postgres("issues,comments,labels");
  ASSERT_EQ(first.status, 0) << first.messages;
  EXPECT_EQ(difference_of("issues", "issue"), "");
  EXPECT_EQ(difference_of("comments", "issue_comment"), "");
  EXPECT_EQ(difference_of("labels", "label"), "");
  mutate("update", 10, "issue");
  mutate("insert", 5, "issue");

  const Ended second = sync_to_postgres("issues,comments,labels");

  ASSERT_EQ(second.status, 0) << second.messages;
  EXPECT_LT(reported(report_of(second), "issues", "rows_read"), 100);
  EXPECT_EQ(difference_of("issues", "issue"), "");

  // Issues that had such a label change, too, but the vendor does not say that they did.
  mutate("delete", 2, "label");
  const Ended third = sync_to_postgres("labels");

  ASSERT_EQ(third.status, 0) << third.messages;
  EXPECT_EQ(difference_of("labels", "label"), "");
}

TEST_F(PostgresSync, NeverSaysThePassword) {
  const std::string uri = postgres_->uri();
  const std::size_t at = uri.find("tendril@");
  const std::string wrong = uri.substr(0, at) + "nobody:hunter2hunter2@" + uri.substr(at + 8);

  const Ended ended = run_tendril(
      {"sync", "github", "--config", folder_ / "github.json", "--to", wrong, "--stream", "labels"});

  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.messages, testing::Not(testing::HasSubstr("hunter2")));
}

}  // namespace
}  // namespace tendril

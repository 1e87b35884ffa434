#include "destinations/postgres/postgres_warehouse.h"

#include <string>
#include <utility>

#include "core/encoding.h"
#include "destinations/postgres/postgres_sql_session.h"
#include "destinations/postgres/target.h"

namespace tendril {
namespace {

class PostgresWarehouse final : public SqlWarehouse {
 public:
  explicit PostgresWarehouse(PostgresTarget target) : target_(std::move(target)) {}

  const std::string& default_schema() const override { return target_.schema; }

  bool has_login() const override { return true; }

  Result<std::unique_ptr<SqlSession>> open(const SqlLogin& login) override {
    PostgresTarget target = target_;
    std::string uri = target.uri.reveal();
    const auto set = [&](std::string_view name, const std::string& value) {
      if (!value.empty()) {
        uri += uri.find('?') == std::string::npos ? "?" : "&";
        uri += std::string(name) + "=" + url_encode(value);
      }
    };
    set("user", login.user);
    set("password", login.password.reveal());
    target.uri = Secret(std::move(uri));
    auto session = TRY(PostgresSession::open(target));
    return postgres_sql_session(std::move(session));
  }

 private:
  const PostgresTarget target_;
};

}  // namespace

Result<std::unique_ptr<SqlWarehouse>> postgres_warehouse(std::string_view target) {
  PostgresTarget parsed = TRY(parse_postgres_target(target, process_environment));
  return std::make_unique<PostgresWarehouse>(std::move(parsed));
}

}  // namespace tendril

// fivetran serve-destination: a warehouse as a destination of the partner protocol.
#include <chrono>
#include <string_view>

#include <fmt/format.h>

#include "bridges/partner/destination_service.h"
#include "bridges/partner/partner_log.h"
#include "bridges/partner/partner_server.h"
#include "cli/commands.h"
#include "cli/interrupts.h"
#include "destinations/duckdb/duckdb_warehouse.h"
#include "destinations/postgres/postgres_warehouse.h"

namespace tendril {
namespace {

constexpr std::chrono::hours kNap{1};

Result<std::unique_ptr<SqlWarehouse>> open_warehouse(std::string_view uri) {
  const std::size_t colon = uri.find(':');
  const std::string_view scheme = uri.substr(0, colon);
  if (colon != std::string_view::npos && scheme == "duckdb") {
    return duckdb_warehouse(uri.substr(colon + 1));
  }
  if (colon != std::string_view::npos && (scheme == "postgres" || scheme == "postgresql")) {
    return postgres_warehouse(uri.substr(colon + 1));
  }
  // What stands behind the scheme may be a password.
  return Error{
      ErrorCode::InvalidConfig,
      fmt::format("{} can not be served: the partner protocol needs tables that can be "
                  "altered, as those of duckdb:FILE and postgres://USER@HOST/DATABASE",
                  colon == std::string_view::npos ? "a destination without a scheme" : scheme)};
}

}  // namespace

Result<ExitCode> serve_destination_command(const ServeDestinationArguments& arguments,
                                           Session& session) {
  const auto interrupts = TRY(Interrupts::listen([] {}));
  const auto warehouse = TRY(open_warehouse(arguments.destination));
  const PartnerLog lines(PartnerRole::Destination, session.redactor());
  WarehouseCalls calls(*warehouse, session.clock());
  const DestinationServiceOptions options{
      .calls = calls, .log = lines, .redactor = session.redactor(), .format = arguments.format};
  const auto server = TRY(
      serve_destination(options, {.host = arguments.server.host, .port = arguments.server.port}));
  lines.info(fmt::format("serving the destination at port {}", server->port()));
  while (session.clock().sleep(kNap, interrupts->token())) {
  }
  server->stop();
  lines.info("the server has ended");
  return ExitCode::Done;
}

}  // namespace tendril

#include "destinations/postgres/target.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "core/encoding.h"

namespace tendril {
namespace {

constexpr int kConnectTimeoutMax = 3600;
constexpr int kPortMax = 65'535;

Error refused(std::string_view why) {
  return {ErrorCode::InvalidConfig, fmt::format("postgres destination: {}", why)};
}

bool is_loopback(std::string_view host) {
  return host.empty() || host.front() == '/' || host.front() == '@' || host == "localhost" ||
         host == "::1" || host.substr(0, 4) == "127.";
}

// Takes the settings of ours out of the query; returns the URI without them.
Result<std::string> take_settings(PostgresTarget& target, std::string_view text) {
  const std::size_t mark = text.find('?');
  std::string uri = "postgresql:" + std::string(text.substr(0, mark));
  std::string_view rest = mark == std::string_view::npos ? "" : text.substr(mark + 1);
  char separator = '?';
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const std::string_view setting = rest.substr(0, end);
    rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
    if (setting.substr(0, 7) != "schema=") {
      uri += separator;
      uri += setting;
      separator = '&';
      continue;
    }
    target.schema = url_decode(setting.substr(7));
    if (target.schema.empty() || target.schema.find('\0') != std::string::npos) {
      return refused("schema has no name");
    }
  }
  return uri;
}

using ConnectionOptions = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

// What libpq says of a URI may quote the password; only the kind of the fault is kept.
Error unreadable(char* message) {
  const std::unique_ptr<char, decltype(&PQfreemem)> owner(message, &PQfreemem);
  const std::string_view text = message == nullptr ? "" : message;
  if (constexpr std::string_view kUnknown = "invalid URI query parameter: \"";
      text.substr(0, kUnknown.size()) == kUnknown) {
    const std::string_view name = text.substr(kUnknown.size());
    return refused(fmt::format("there is no setting {}", name.substr(0, name.find('"'))));
  }
  return refused("this is no URI of the kind postgres://USER@HOST:PORT/DATABASE?schema=NAME");
}

std::string value_of(const ConnectionOptions& options, std::string_view keyword) {
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->keyword == keyword && option->val != nullptr) {
      return option->val;
    }
  }
  return "";
}

bool all_loopback(std::string_view hosts) {
  while (true) {
    const std::size_t end = hosts.find(',');
    if (!is_loopback(hosts.substr(0, end))) {
      return false;
    }
    if (end == std::string_view::npos) {
      return true;
    }
    hosts.remove_prefix(end + 1);
  }
}

// libpq looks at a port only when it connects. As for hosts, there may be a list of them, in which
// an empty one is the default.
Status check_ports(std::string_view ports) {
  while (true) {
    const std::size_t end = std::min(ports.find(','), ports.size());
    const std::string_view port = ports.substr(0, end);
    int number = 0;
    const auto parsed = std::from_chars(port.data(), port.data() + port.size(), number);
    const bool is_number = parsed.ec == std::errc() && parsed.ptr == port.data() + port.size();
    if (!port.empty() && (!is_number || number < 1 || number > kPortMax)) {
      // What stands there may be a part of a password.
      return refused(fmt::format("a port must be a number from 1 to {}", kPortMax));
    }
    if (end == ports.size()) {
      return {};
    }
    ports.remove_prefix(end + 1);
  }
}

Status read_timeout(PostgresTarget& target, const std::string& text) {
  if (text.empty()) {
    return {};
  }
  int seconds = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, seconds);
  if (parsed.ec != std::errc() || parsed.ptr != end || seconds < 1 ||
      seconds > kConnectTimeoutMax) {
    return refused(fmt::format("connect_timeout must be a number of seconds from 1 to {}: {}",
                               kConnectTimeoutMax, text));
  }
  target.connect_timeout_s = seconds;
  return {};
}

}  // namespace

std::optional<std::string> process_environment(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it.
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Result<PostgresTarget> parse_postgres_target(std::string_view text, EnvironmentReader environment) {
  if (text.substr(0, 2) != "//" || text.find('\0') != std::string_view::npos) {
    return refused("it is named as postgres://USER@HOST:PORT/DATABASE?schema=NAME");
  }
  PostgresTarget target;
  std::string uri = TRY(take_settings(target, text));
  char* message = nullptr;
  const ConnectionOptions options(PQconninfoParse(uri.c_str(), &message), &PQconninfoFree);
  if (options == nullptr) {
    return unreadable(message);
  }
  const auto chosen = [&](std::string_view keyword, const char* variable) {
    std::string value = value_of(options, keyword);
    return value.empty() ? environment(variable).value_or("") : value;
  };
  if (!chosen("service", "PGSERVICE").empty()) {
    return refused("a service file is not read: name the host in the URI");
  }
  const std::string host = chosen("host", "PGHOST");
  const std::string address = chosen("hostaddr", "PGHOSTADDR");
  std::string user = chosen("user", "PGUSER");
  std::string database = chosen("dbname", "PGDATABASE");
  std::string port = chosen("port", "PGPORT");
  target.is_local = all_loopback(address.empty() ? host : address);
  target.names_sslmode = !chosen("sslmode", "PGSSLMODE").empty();
  target.place =
      fmt::format("{}:{}/{}", host.empty() ? (address.empty() ? "local" : address) : host,
                  port.empty() ? "5432" : port, database.empty() ? user : database);
  TRY(check_ports(port));
  TRY(read_timeout(target, chosen("connect_timeout", "PGCONNECT_TIMEOUT")));
  target.uri = Secret(std::move(uri));
  return target;
}

}  // namespace tendril

// Where a running sandbox is found, and the orders it takes from there.
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <fmt/core.h>
#include <httplib.h>
#include <unistd.h>

#include "data/json.h"
#include "sandbox/sandbox.h"

namespace tendril {
namespace {

Result<httplib::Response> checked(httplib::Result result) {
  if (!result) {
    return Error{ErrorCode::Unavailable, fmt::format("the sandbox does not answer: {}",
                                                     httplib::to_string(result.error()))};
  }
  if (result->status == 200) {
    return std::move(*result);
  }
  const auto body = parse_json(result->body);
  const Value* message = body.ok() ? body->find("message") : nullptr;
  const std::string text =
      message != nullptr && message->is_string() ? *message->as_string() : result->body;
  const ErrorCode code = result->status == 404   ? ErrorCode::NotFound
                         : result->status == 400 ? ErrorCode::InvalidConfig
                         : result->status == 401 ? ErrorCode::Unauthenticated
                                                 : ErrorCode::System;
  return Error{code, text.substr(0, 200)};
}

httplib::Headers admin_headers(const SandboxAddress& address) {
  return {{"Authorization", "Bearer " + address.admin_token.reveal()}};
}

httplib::Client admin_client(const SandboxAddress& address) {
  constexpr int kTimeout_s = 60;
  httplib::Client client(address.host, address.port);
  client.set_read_timeout(kTimeout_s);
  client.set_tcp_nodelay(true);
  return client;
}

std::string text_of(const Value& value, std::string_view name) {
  const Value* member = value.find(name);
  return member != nullptr && member->is_string() ? *member->as_string() : "";
}

}  // namespace

std::filesystem::path sandbox_address_file(std::string_view name) {
  const char* runtime =
      std::getenv("XDG_RUNTIME_DIR");  // NOLINT(concurrency-mt-unsafe): only read.
  const std::filesystem::path folder =
      runtime != nullptr && *runtime != '\0'
          ? std::filesystem::path(runtime) / "tendril"
          : std::filesystem::temp_directory_path() / fmt::format("tendril-{}", ::getuid());
  return folder / fmt::format("sandbox-{}.json", name);
}

Result<SandboxAddress> read_sandbox_address(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) {
    return Error{ErrorCode::NotFound,
                 fmt::format("no sandbox left its address in {}", file.string())};
  }
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  const Value value = TRY(parse_json(text));
  const Value* port = value.find("port");
  if (port == nullptr || port->as_int() == nullptr) {
    return Error{ErrorCode::BadData,
                 fmt::format("is not the address of a sandbox: {}", file.string())};
  }
  return SandboxAddress{.host = text_of(value, "host"),
                        .port = static_cast<int>(*port->as_int()),
                        .admin_token = Secret(text_of(value, "token"))};
}

Result<MutationKind> parse_mutation_kind(std::string_view text) {
  for (const MutationKind kind :
       {MutationKind::Insert, MutationKind::Update, MutationKind::Delete}) {
    if (to_string(kind) == text) {
      return kind;
    }
  }
  return Error{ErrorCode::InvalidConfig, fmt::format("must be insert, update or delete: {}", text)};
}

std::string_view to_string(MutationKind kind) {
  switch (kind) {
    case MutationKind::Insert: return "insert";
    case MutationKind::Update: return "update";
    case MutationKind::Delete: return "delete";
  }
  return "unknown";
}

Result<MutationReport> mutate_sandbox(const SandboxAddress& address, const MutationOrder& order) {
  const std::string body = to_json(Value(Map{{"kind", to_string(order.kind)},
                                             {"count", static_cast<std::int64_t>(order.count)},
                                             {"entity", order.entity}}));
  httplib::Client client = admin_client(address);
  const httplib::Response response = TRY(
      checked(client.Post("/_sandbox/mutate", admin_headers(address), body, "application/json")));
  const Value value = TRY(parse_json(response.body));
  MutationReport report;
  report.now = text_of(value, "now");
  const Value* rows = value.find("rows");
  if (rows == nullptr || !rows->is_list()) {
    return Error{ErrorCode::BadData, "the sandbox's report has no rows"};
  }
  for (const Value& row : *rows->as_list()) {
    report.rows.push_back(MutationReport::Row{text_of(row, "entity"), text_of(row, "key")});
  }
  return report;
}

Result<std::string> sandbox_rows(const SandboxAddress& address, std::string_view entity) {
  httplib::Client client = admin_client(address);
  std::string lines;
  std::string from = "0";
  do {
    const httplib::Response response = TRY(checked(client.Get(
        fmt::format("/_sandbox/rows/{}?from={}", entity, from), admin_headers(address))));
    lines += response.body;
    from = response.get_header_value("X-Sandbox-Next");
  } while (!from.empty());
  return lines;
}

Result<std::string> sandbox_summary(const SandboxAddress& address) {
  httplib::Client client = admin_client(address);
  const httplib::Response response =
      TRY(checked(client.Get("/_sandbox/state", admin_headers(address))));
  return response.body;
}

}  // namespace tendril

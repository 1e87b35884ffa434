#include <chrono>
#include <filesystem>
#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "cli/amounts.h"
#include "cli/commands.h"
#include "cli/interrupts.h"
#include "cli/sandbox_config.h"
#include "cli/source_opening.h"
#include "data/json.h"
#include "manifest/manifest_document.h"
#include "sandbox/sandbox.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours kNap{1};

fs::path address_file_of(const SandboxArguments& arguments, const fs::path& sandbox_file) {
  return arguments.address_file.empty() ? sandbox_address_file(connector_name(sandbox_file))
                                        : fs::path(arguments.address_file);
}

Result<SandboxOptions> options_of(const SandboxServeArguments& arguments, const fs::path& file) {
  SandboxOptions options;
  options.port = arguments.port;
  options.records = arguments.records;
  options.seed = arguments.seed;
  options.limits = arguments.limits;
  options.journal = arguments.journal;
  options.faults = arguments.faults;
  options.address_file = address_file_of(arguments.sandbox, file);
  if (!arguments.now.empty()) {
    const Datetime now = TRY(parse_datetime(arguments.now));
    options.now = now.instant;
  }
  return options;
}

// The sandbox serves without its connector too; then nothing is known of a configuration.
Result<Value> config_for(const fs::path& sandbox_file, const std::string& token,
                         const std::string& base_url) {
  const fs::path manifest_file = sandbox_file.parent_path() / "manifest.yaml";
  if (!fs::exists(manifest_file)) {
    return Value(Map());
  }
  const ManifestDocument manifest = TRY(load_manifest(manifest_file));
  return sandbox_config(manifest.spec.schema(), token, base_url);
}

Status write_file(const fs::path& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  file.close();
  if (!file) {
    return Error{ErrorCode::System, "file can not be written: " + path.string()};
  }
  return {};
}

std::string greeting(const SandboxServeArguments& arguments, const SandboxInfo& about,
                     const std::string& base_url, const std::string& config) {
  std::string text = fmt::format(
      "{}, simulated, at {}\n"
      "{} records, seed {}; token {}\n\n"
      "config:\n{}\n",
      about.title, base_url, count_text(static_cast<std::int64_t>(arguments.records)),
      arguments.seed, about.token, config);
  for (const std::string& example : about.examples) {
    text += fmt::format("try {}{}\n", base_url, example);
  }
  return text;
}

Result<SandboxAddress> address_of(const SandboxArguments& arguments, Session& session) {
  const ConnectorSearch connectors = TRY(find_connectors(session.global()));
  const fs::path file = TRY(connectors.sandbox_of(arguments.name));
  return read_sandbox_address(address_file_of(arguments, file));
}

}  // namespace

Result<ExitCode> sandbox_serve_command(const SandboxServeArguments& arguments, Session& session) {
  const auto interrupts = TRY(Interrupts::listen([] {}));
  const ConnectorSearch connectors = TRY(find_connectors(session.global()));
  const fs::path file = TRY(connectors.sandbox_of(arguments.sandbox.name));
  const auto definition = TRY(load_sandbox(file));
  const SandboxInfo& about = definition->info();
  const SandboxOptions options = TRY(options_of(arguments, file));
  const auto server = TRY(SandboxServer::start(definition, options));

  const Value config = TRY(config_for(file, about.token, server->base_url()));
  const std::string config_text = to_pretty_json(config);
  if (!arguments.config_file.empty()) {
    TRY(write_file(arguments.config_file, config_text));
  }
  TRY(session.output(greeting(arguments, about, server->base_url(), config_text)));
  while (session.clock().sleep(kNap, interrupts->token())) {
  }
  server->stop();
  session.log().info("sandbox ended", {{"requests", server->requests_served()}});
  return ExitCode::Done;
}

Result<ExitCode> sandbox_mutate_command(const SandboxMutateArguments& arguments, Session& session) {
  MutationOrder order;
  order.kind = TRY(parse_mutation_kind(arguments.kind));
  order.count = arguments.count;
  order.entity = arguments.entity;
  const SandboxAddress address = TRY(address_of(arguments.sandbox, session));
  const MutationReport report = TRY(mutate_sandbox(address, order));
  std::string text;
  for (const MutationReport::Row& row : report.rows) {
    text += fmt::format("{} {} {}\n", to_string(order.kind), row.entity, row.key);
  }
  TRY(session.output(text));
  if (report.rows.size() < order.count) {
    session.log().warning("fewer rows than asked for were left to change",
                          {{"asked", order.count}, {"changed", report.rows.size()}});
  }
  return ExitCode::Done;
}

Result<ExitCode> sandbox_rows_command(const SandboxRowsArguments& arguments, Session& session) {
  const SandboxAddress address = TRY(address_of(arguments.sandbox, session));
  std::string text;
  if (arguments.entity.empty()) {
    text = TRY(sandbox_summary(address));
  } else {
    text = TRY(sandbox_rows(address, arguments.entity));
  }
  TRY(session.output(text.ends_with('\n') || text.empty() ? text : text + "\n"));
  return ExitCode::Done;
}

}  // namespace tendril

#include "cli/source_opening.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "cli/config_file.h"
#include "cli/config_saver.h"
#include "cli/custom_code.h"
#include "cli/project_source_opening.h"
#include "manifest/manifest_document.h"
#include "manifest/manifest_source.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

// Somewhere below, tokens are written back into the configuration.
// Source: manifest component "OAuthAuthenticator", refresh_token_updater.
bool renews_tokens(const Node& node) {
  return node.find("refresh_token_updater") != nullptr ||
         std::any_of(node.items.begin(), node.items.end(), renews_tokens) ||
         std::any_of(node.members.begin(), node.members.end(),
                     [](const Node::Member& member) { return renews_tokens(member.second); });
}

Result<Value> read_config(const SourceArguments& arguments) {
  Value config = Map();
  if (!arguments.config_file.empty()) {
    config = TRY(read_config_file(arguments.config_file, process_environment()));
  }
  TRY(apply_settings(config, arguments.settings));
  return config;
}

// A renewed token that could not be kept would lock the user out, so this is settled before the
// first one is asked for. Of custom code nobody knows beforehand.
Result<ConfigSaver> saver_for(const SourceArguments& arguments, const LoadedConnector& connector) {
  const fs::path file = arguments.config_file;
  const bool renews =
      connector.manifest &&
      std::any_of(connector.manifest->streams.begin(), connector.manifest->streams.end(),
                  [](const ManifestStream& each) { return renews_tokens(each.node); });
  if (renews && file.extension() != ".json") {
    return Error{ErrorCode::InvalidConfig,
                 "the source renews its tokens, which can only be kept in a .json config file: " +
                     (file.empty() ? "none was given" : file.string())};
  }
  return file.empty() ? no_config_saver() : config_file_saver(file);
}

// Says where a wrong value came from.
Error in_config(Error error, const SourceArguments& arguments) {
  if (error.code != ErrorCode::InvalidConfig || arguments.config_file.empty()) {
    return error;
  }
  return std::move(error).while_doing(arguments.config_file);
}

// The manifest as a tree, of a file that could be read a moment ago.
Result<Node> resolved_manifest(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  return resolve_manifest(text, file.string());
}

// The connector of a manifest that this program does not run itself, for the reason `refused`.
Result<LoadedConnector> load_custom(const fs::path& file, Error refused, const SourceHost& host) {
  const Result<Node> manifest = resolved_manifest(file);
  if (!manifest.ok()) {
    return refused;
  }
  const std::vector<std::string> classes = custom_classes(*manifest);
  if (classes.empty()) {
    return refused;
  }
  LoadedConnector connector{.name = connector_name(file)};
  if (const Node* spec = manifest->find("spec")) {
    connector.spec = TRY(Spec::from(*spec));
  }
  connector.program = TRY(reference_program(file, classes, process_environment(), host.log));
  host.log.info("manifest is run by the reference implementation",
                {{"manifest", file.string()}, {"reason", refused.message}});
  return connector;
}

Result<OpenedSource> open_program(LoadedConnector connector, const Value& config, ConfigSaver saver,
                                  const SourceHost& host) {
  if (!host.global.origin_rewrites.empty()) {
    return Error{ErrorCode::Unsupported,
                 "--rewrite-origin does not reach the requests of custom Python code"};
  }
  TRY(connector.spec.check(config));
  for (const Secret& secret : connector.spec.secrets_of(config)) {
    host.redactor.add(secret);
  }
  auto source = TRY(
      airbyte_program_source(std::move(*connector.program), config, std::move(saver), host.log));
  return OpenedSource{std::move(connector.name), nullptr, std::move(source)};
}

}  // namespace

Result<ConnectorSearch> find_connectors(const GlobalArguments& global) {
  return ConnectorSearch::find({global.catalogue,
                                process_environment()("TENDRIL_CATALOGUE").value_or(""),
                                program_folder()});
}

Result<LoadedConnector> load_source(const std::string& source, const SourceHost& host) {
  const ConnectorSearch connectors = TRY(find_connectors(host.global));
  const fs::path file = TRY(connectors.manifest_of(source));
  Result<ManifestDocument> manifest = load_manifest(file);
  if (manifest.ok()) {
    LoadedConnector connector{.name = connector_name(file), .spec = manifest->spec};
    connector.manifest = std::move(manifest).value();
    return connector;
  }
  if (manifest.error().code == ErrorCode::Unsupported) {
    return load_custom(file, std::move(manifest).error(), host);
  }
  return std::move(manifest).error();
}

Result<OpenedSource> open_connector(LoadedConnector connector, const Value& config,
                                    ConfigSaver saver, const SourceHost& host) {
  if (connector.program) {
    return open_program(std::move(connector), config, std::move(saver), host);
  }
  TransportOptions transport_options;
  transport_options.origin_rewrites = host.global.origin_rewrites;
  std::unique_ptr<Transport> transport = TRY(curl_transport(std::move(transport_options)));
  const ManifestRuntime runtime{.transport = *transport,
                                .clock = host.calendar,
                                .log = host.log,
                                .redactor = host.redactor,
                                .waits = &host.clock,
                                .sharing = host.sharing};
  auto source =
      TRY(manifest_source(std::move(*connector.manifest), config, runtime, std::move(saver)));
  return OpenedSource{std::move(connector.name), std::move(transport), std::move(source)};
}

Result<OpenedSource> open_source(const SourceArguments& arguments, Session& session) {
  return open_source(arguments, session, session.clock(), {.limiters = &session.limiters()});
}

Result<OpenedSource> open_source(const SourceArguments& arguments, Session& session, Clock& clock,
                                 const ClientSharing& sharing) {
  const SourceHost host{.global = session.global(),
                        .clock = clock,
                        .calendar = session.calendar(),
                        .log = session.log(),
                        .redactor = session.redactor(),
                        .sharing = sharing};
  if (is_project_source(arguments.source)) {
    return open_project_source(arguments, host);
  }
  LoadedConnector connector = TRY(load_source(arguments.source, host));
  const Value config = TRY(read_config(arguments));
  ConfigSaver saver = TRY(saver_for(arguments, connector));
  auto opened = open_connector(std::move(connector), config, std::move(saver), host);
  if (!opened.ok()) {
    return in_config(std::move(opened).error(), arguments);
  }
  return opened;
}

}  // namespace tendril

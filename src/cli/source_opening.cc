#include "cli/source_opening.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "cli/config_file.h"
#include "cli/config_saver.h"
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
// first one is asked for.
Result<ConfigSaver> saver_for(const SourceArguments& arguments, const ManifestDocument& manifest) {
  const fs::path file = arguments.config_file;
  const bool renews =
      std::any_of(manifest.streams.begin(), manifest.streams.end(),
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

}  // namespace

Result<ConnectorSearch> find_connectors(const GlobalArguments& global) {
  return ConnectorSearch::find({global.catalogue,
                                process_environment()("TENDRIL_CATALOGUE").value_or(""),
                                program_folder()});
}

Result<OpenedSource> open_source(const SourceArguments& arguments, Session& session) {
  const ConnectorSearch connectors = TRY(find_connectors(session.global()));
  const fs::path manifest_file = TRY(connectors.manifest_of(arguments.source));
  ManifestDocument manifest = TRY(load_manifest(manifest_file));
  const Value config = TRY(read_config(arguments));
  ConfigSaver saver = TRY(saver_for(arguments, manifest));

  TransportOptions transport_options;
  transport_options.origin_rewrites = session.global().origin_rewrites;
  std::unique_ptr<Transport> transport = TRY(curl_transport(std::move(transport_options)));
  const ManifestRuntime runtime{*transport, session.clock(), session.log(), session.redactor()};
  auto source = manifest_source(std::move(manifest), config, runtime, std::move(saver));
  if (!source.ok()) {
    return in_config(std::move(source).error(), arguments);
  }
  return OpenedSource{connector_name(manifest_file), std::move(transport),
                      std::move(source).value()};
}

}  // namespace tendril

// Opens the source that a command line names, with its configuration.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bridges/airbyte/program_source.h"
#include "cli/command_line.h"
#include "cli/connector_search.h"
#include "cli/session.h"
#include "connector/registry.h"
#include "connector/source.h"
#include "core/result.h"
#include "data/value.h"
#include "http/transport.h"
#include "manifest/client_sharing.h"
#include "manifest/manifest_document.h"
#include "manifest/spec.h"

namespace tendril {

// What a source is given of the program; all of it must outlive the source.
struct SourceHost {
  const GlobalArguments& global;
  Clock& clock;
  Clock& calendar;  // See Session.
  Log& log;
  Redactor& redactor;
  ClientSharing sharing = {};
};

// A connector as it was found.
struct LoadedConnector {
  std::string name;
  Spec spec = {};
  std::optional<ManifestDocument> manifest = std::nullopt;  // What runs it: this,
  std::optional<AirbyteProgram> program = std::nullopt;  // or this, when the manifest needs Python.
};

struct OpenedSource {
  std::string name;                      // Of the connector.
  std::unique_ptr<Transport> transport;  // Outlives the source; null when it needs none.
  std::unique_ptr<Source> source;
};

// The catalogue by the options, the environment and the program's place.
Result<ConnectorSearch> find_connectors(const GlobalArguments& global);

// Errors: InvalidConfig and Unsupported for what the user has to change: the source's name, the
//   manifest, or what its custom code needs to run.
Result<LoadedConnector> load_source(const std::string& source, const SourceHost& host);

// Opens what load_source() returned. The host's redactor learns the secrets in `config`.
// Errors: InvalidConfig naming every fault in `config` by its path; Unsupported for options of the
//   host that do not reach custom code.
Result<OpenedSource> open_connector(LoadedConnector connector, const Value& config,
                                    ConfigSaver saver, const SourceHost& host);

// The configuration as the command line says. Errors: InvalidConfig for its file or a value in it.
Result<Value> read_config(const SourceArguments& arguments);

// Where the connector's renewed tokens are kept. Errors: InvalidConfig when it renews them, and
// they can not be kept.
Result<ConfigSaver> saver_for(const SourceArguments& arguments, const LoadedConnector& connector);

// Opens what is no connector of the catalogue: a project (python:DIR, cpp:FILE), a server of the partner
// protocol (fivetran:HOST:PORT). Nothing else: nullopt. Errors: of whoever opens it.
Result<std::optional<OpenedSource>> open_foreign_source(const SourceArguments& arguments,
                                                        const SourceHost& host);

// Both, with a configuration as the command line says. `session` must outlive the source.
// Errors: InvalidConfig too for the configuration file or a value in it.
Result<OpenedSource> open_source(const SourceArguments& arguments, Session& session);

// The same with another clock to wait on, and with what is shared; all must outlive the source.
Result<OpenedSource> open_source(const SourceArguments& arguments, Session& session, Clock& clock,
                                 const ClientSharing& sharing);

}  // namespace tendril

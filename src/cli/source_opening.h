// Opens the source that a command line names, with its configuration.
#pragma once

#include <memory>
#include <string>

#include "cli/command_line.h"
#include "cli/connector_search.h"
#include "cli/session.h"
#include "connector/source.h"
#include "core/result.h"
#include "http/transport.h"

namespace tendril {

struct OpenedSource {
  std::string name;                      // Of the connector.
  std::unique_ptr<Transport> transport;  // Outlives the source.
  std::unique_ptr<Source> source;
};

// The catalogue by the options, the environment and the program's place.
Result<ConnectorSearch> find_connectors(const GlobalArguments& global);

// `session` must outlive the source. Its redactor learns the configuration's secrets.
// Errors: InvalidConfig and Unsupported for what the user has to change: the source's name, the
// manifest,
//   the configuration file or a value in it.
Result<OpenedSource> open_source(const SourceArguments& arguments, Session& session);

}  // namespace tendril

// A declarative manifest as a Source.
#pragma once

#include <filesystem>
#include <memory>

#include "connector/registry.h"
#include "connector/source.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/result.h"
#include "core/secret.h"
#include "data/value.h"
#include "http/transport.h"
#include "manifest/client_sharing.h"
#include "manifest/manifest_document.h"

namespace tendril {

// What a running manifest needs from outside; all of it must outlive the source.
struct ManifestRuntime {
  Transport& transport;
  Clock& clock;
  Log& log;
  Redactor& redactor;
  // The clock by which it waits, and reads moments that servers name for that; null: `clock`, which
  // templates, windows and tokens see.
  Clock* waits = nullptr;
  // Where the files go that belong to records; made when there is one.
  std::filesystem::path files_directory = "files";
  // What it shares with other sources of the process; see ClientSharing.
  ClientSharing sharing = {};
};

// Normalises `config` by the manifest's rules and checks it against its spec. `save` may be empty:
// then renewed tokens and migrated settings last only as long as the source.
//
// Streams are compiled when they are opened, so a fault in one does not keep the others from
// running. A full refresh of an incremental stream reads it from its start; its state is then good
// for incremental runs. See CursorState for what a state holds. Errors: InvalidConfig naming every
// fault in `config` by its path.
Result<std::unique_ptr<Source>> manifest_source(ManifestDocument document, const Value& config,
                                                ManifestRuntime runtime, ConfigSaver save);

}  // namespace tendril

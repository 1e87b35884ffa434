// A destination behind a server of the partner protocol, "fivetran:HOST:PORT".
//
// The protocol stores nothing of ours and knows no transaction. So a commit is first written down
// here, with its files (see CommitJournal); then its calls are made, and then its state counts. A
// commit that was cut off is made again, call by call and file by file, by the next run of the
// connection; each call has the same outcome as before, so no row is lost and none comes twice.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "connector/registry.h"
#include "core/clock.h"
#include "core/result.h"

namespace tendril {

struct PartnerDestinationOptions {
  // The folder for what is remembered.
  std::function<Result<std::filesystem::path>()> home;
  std::shared_ptr<const Clock> clock = nullptr;  // Null: the system's.
};

DestinationSpec partner_destination(PartnerDestinationOptions options);

}  // namespace tendril

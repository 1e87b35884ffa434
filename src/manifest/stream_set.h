// StreamSet: the streams that a manifest has under one configuration: those it names, as far as
// their conditions hold, and those that are made from templates.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "data/schema.h"
#include "manifest/environment.h"
#include "manifest/manifest_document.h"

namespace tendril {

// Streams are made, and schemas loaded, when they are first asked for; both may send requests.
// Threads: safe to share. What it returns lives as long as the set.
class StreamSet {
 public:
  // Both must outlive the set.
  StreamSet(const ManifestDocument& document, const Environment& environment)
      : document_(document), environment_(environment) {}

  // In the order of the manifest; those that are made come last.
  // Errors: InvalidConfig from conditions and templates; those of the client.
  Result<std::vector<const ManifestStream*>> all(std::stop_token stop);

  // Returns nullptr when there is no such stream. Makes none where the manifest names it itself.
  Result<const ManifestStream*> find(std::string_view name, std::stop_token stop);

  // Those made from the template of this name.
  Result<std::vector<const ManifestStream*>> made_from(std::string_view dynamic_stream,
                                                       std::stop_token stop);

  // Errors: as load_schema().
  Result<Value> json_schema(const ManifestStream& stream, std::stop_token stop);

  // Errors: as load_schema() and table_schema().
  Result<TableSchema> table(const ManifestStream& stream, std::stop_token stop);

 private:
  Result<std::vector<const ManifestStream*>> named() const;
  Result<const std::vector<ManifestStream>*> made(std::stop_token stop);
  Result<std::vector<ManifestStream>> make(std::stop_token stop) const;

  const ManifestDocument& document_;
  const Environment& environment_;
  std::mutex mutex_;
  std::optional<std::vector<ManifestStream>> made_;           // Guarded by mutex_, never changed.
  std::map<std::string, Value, std::less<>> loaded_schemas_;  // Guarded by mutex_.
};

}  // namespace tendril

// StateMigration: turns a state that another runtime kept for the partitions of a stream into the
// shape of this one: {"17": {"updated_at": …}} becomes {"states": [{"partition": {"id": "17"},
// "cursor": {"updated_at": …}}]}.
// Source: manifest component "LegacyToPerPartitionStateMigration".
#pragma once

#include <optional>
#include <string>

#include "core/result.h"
#include "data/value.h"
#include "manifest/environment.h"
#include "manifest/node.h"

namespace tendril {

// Threads: safe to share.
class StateMigration {
 public:
  // nullopt when the DeclarativeStream `stream` asks for none.
  // Errors: InvalidConfig with file, line and column.
  static Result<std::optional<StateMigration>> compile(const Node& stream,
                                                       const Environment& environment);

  // Returns `state` as it is when it is not of the old shape.
  Value migrated(const Value& state) const;

 private:
  std::string partition_field_;
  std::string cursor_field_;
  bool applies_ = true;  // There is exactly one parent.
};

}  // namespace tendril

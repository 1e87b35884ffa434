// UpdateReader: the messages of an update, in order, for whoever takes what a project's process
// sends.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bridges/fivetran/declared_table.h"
#include "bridges/fivetran/project_observer.h"
#include "bridges/fivetran/project_process.h"
#include "bridges/partner/wire_rows.h"
#include "core/result.h"

namespace fivetran_sdk::v2 {
class Record;
class SchemaResponse;
class UpdateResponse;
}  // namespace fivetran_sdk::v2

namespace tendril {

// Told of what an update brings beside what processes of projects send.
class UpdateListener : public ProjectListener {
 public:
  // Tables that are new, or have new columns. Rows of them follow.
  virtual Status schema_changed(const std::vector<DeclaredTable>& tables) = 0;
};

// The tables that a source says it has; nothing when it does not say. Those of schemas are named
// "schema.table". Errors: BadData and Unsupported, naming the table.
Result<std::optional<std::vector<DeclaredTable>>> tables_of(
    const fivetran_sdk::v2::SchemaResponse& response);

// A server that raised says the stack too: the first line stays the error, the rest is told.
Status told_in_short(Status status, ProjectObserver& observer);

struct UpdateRules {
  bool names_schemas = false;  // Tables are named with their schema.
  bool checks_json = true;     // JSON that is none is refused.
};

// Threads: one at a time.
class UpdateReader {
 public:
  // Both must outlive it.
  UpdateReader(UpdateListener& listener, ProjectObserver& observer, UpdateRules rules)
      : listener_(listener), observer_(observer), rules_(rules), rows_(rules.checks_json) {}

  // What the source says before the first message. Passed on to the listener.
  Status begin(const std::optional<std::vector<DeclaredTable>>& tables);

  // Errors: those of the listener; BadData and Unsupported for messages that are wrong;
  // InvalidConfig with the text of a task, which is what the user has to do before a sync can go
  // on.
  Status take(const fivetran_sdk::v2::UpdateResponse& message);

  // The update came to its end: hands over what is left.
  Status finish() { return hand_over(); }

 private:
  Status take_record(const fivetran_sdk::v2::Record& record);
  Status take_note(bool is_warning, const std::string& message);
  Status take_file(const fivetran_sdk::v2::UpdateResponse& message);
  Status take_truncate(const fivetran_sdk::v2::UpdateResponse& message);
  Status take_schema_change(const fivetran_sdk::v2::UpdateResponse& message);
  void learn(const std::vector<DeclaredTable>& tables);
  Status hand_over();

  UpdateListener& listener_;
  ProjectObserver& observer_;
  const UpdateRules rules_;
  std::map<std::string, WireTypes, std::less<>> types_;  // By table.
  WireRows rows_;
};

}  // namespace tendril

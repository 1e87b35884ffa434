// The process of a project: how it is started, what it may be asked, and what it sends, for whoever
// carries it out.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/fivetran/connector_process.h"
#include "bridges/fivetran/declared_table.h"
#include "bridges/fivetran/frame.h"
#include "bridges/fivetran/project_observer.h"
#include "core/result.h"
#include "data/value.h"

namespace tendril {

// What the process is to do, see fivetran_connector_sdk._runner.
struct ProjectOrder {
  std::string verb;  // "update", "schema", "form", "test", "describe"
  Value configuration = Map();
  Value state = Map();
  bool ordered = false;       // Rows of all tables in one order, which is slower.
  bool profile = false;       // It measures where its time goes.
  Value exchanges = nullptr;  // How its HTTP exchanges are recorded or replayed; null: neither.
};

// Takes what the process sends, in order. An error ends the process and is what
// run_project_process() returns.
// Threads: one at a time.
class ProjectListener {
 public:
  virtual ~ProjectListener() = default;

  // So many bytes came, of whatever.
  virtual void received(std::size_t /*bytes*/) {}

  // What schema() returned; nothing: there is no schema(). update() runs once this has returned.
  virtual Status schema(const std::optional<std::vector<DeclaredTable>>& tables) = 0;

  // The views are good for the call.
  virtual Status rows(const RowsFrame& frame) = 0;
  virtual Status checkpoint(std::string_view state) = 0;
  virtual Status file(const FilePartFrame& part) = 0;

  // A warning of the connector, or a task: what the user has to do before a sync can go on. The
  // observer is told of both; a task ends the process.
  virtual void note(bool is_warning, const std::string& text) = 0;

  // Where the time of the process went, when the order asks for that.
  virtual Status profile(Value /*told*/) { return {}; }

  // Answers the question that the order was.
  virtual Status answer(Value answer) = 0;
};

// Runs the process to its end.
// Errors: what the connector failed by, told for its author; Cancelled; what `listener` returns.
Status run_project_process(const ProjectProcess& process, const ProjectOrder& order,
                           ProjectListener& listener, ProjectObserver& observer,
                           const std::stop_token& stop);

}  // namespace tendril

// DebugLog: the lines and the closing table of `tendril debug`, in the wording that authors of
// Fivetran connectors know.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "bridges/fivetran/project_observer.h"
#include "bridges/fivetran/project_report.h"
#include "cli/command_line.h"
#include "core/clock.h"
#include "core/result.h"
#include "core/secret.h"

namespace tendril {

// Threads: safe to share.
class DebugLog final : public ProjectObserver {
 public:
  struct Options {
    DebugStyle style = DebugStyle::New;
    ProjectLevel least = ProjectLevel::Debug;
    // Takes whole lines.
    std::function<void(std::string_view text)> write = nullptr;
  };

  // `clock` and `redactor` must outlive the log.
  DebugLog(Options options, const Clock& clock, const Redactor& redactor);

  void message(ProjectOrigin origin, ProjectLevel level, std::string_view text) override;
  void schema_changed(const std::string& table) override;
  void table_created(const std::string& table) override;
  void table_truncated(const std::string& table) override;
  void checkpoint_recorded(const std::string& state) override;
  void final_checkpoint() override;

  void tell(std::string_view text) { message(ProjectOrigin::Debugger, ProjectLevel::Info, text); }

  // What a run ended by, if by anything, its tables and where its time went, and the closing table.
  void finish(const ProjectReport& report, const Status& done, bool summary);

  // The closing table and whether all went well.
  void close(const ProjectCounts& counts, bool succeeded);

 private:
  std::string line_start(ProjectOrigin origin, ProjectLevel level) const;

  const Options options_;
  const Clock& clock_;
  const Redactor& redactor_;
  const Clock::Monotonic started_;
  std::mutex mutex_;  // Lines do not mix.
};

std::string_view to_string(ProjectLevel level);

}  // namespace tendril

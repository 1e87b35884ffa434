// ProjectObserver: told what happens while a project's connector runs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tendril {

enum class ProjectOrigin : std::uint8_t { Kit, Debugger, Connector };

// As connectors number them.
enum class ProjectLevel : std::uint8_t {
  Debug = 1,
  Fine = 2,
  Info = 3,
  Warning = 4,
  Error = 5,
  Severe = 6,
  Critical = 7,
};

// Operations that came so far.
struct ProjectCounts {
  std::int64_t upserts = 0;
  std::int64_t updates = 0;
  std::int64_t deletes = 0;
  std::int64_t truncates = 0;
  std::int64_t schema_changes = 0;
  std::int64_t checkpoints = 0;
  std::int64_t file_uploads = 0;
};

// Threads: safe to share.
class ProjectObserver {
 public:
  virtual ~ProjectObserver() = default;

  virtual void message(ProjectOrigin origin, ProjectLevel level, std::string_view text) = 0;
  // The table was made, or got columns.
  virtual void schema_changed(const std::string& table) = 0;
  virtual void table_created(const std::string& table) = 0;
  virtual void table_truncated(const std::string& table) = 0;
  // It is durable.
  virtual void checkpoint_recorded(const std::string& state) = 0;
  virtual void final_checkpoint() = 0;
};

}  // namespace tendril

#include <fmt/format.h>

#include "cli/commands.h"
#include "core/fault_point.h"
#include "data/json.h"

namespace tendril {

Result<ExitCode> fault_points_command(const FaultPointsArguments& arguments, Session& session) {
  std::string text;
  List points;
  for (const FaultPointName& each : fault_points()) {
    text += fmt::format("{:>3}  {}\n", static_cast<int>(each.point), each.name);
    points.emplace_back(Map{{"number", static_cast<int>(each.point)}, {"name", each.name}});
  }
  TRY(session.output(arguments.json ? to_json(Value(std::move(points))) + "\n" : text));
  return ExitCode::Done;
}

}  // namespace tendril

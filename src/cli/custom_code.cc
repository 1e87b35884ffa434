#include "cli/custom_code.h"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "bridges/airbyte/piped_process.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes kLookPatience{1};

// Ends with 0 when the reference can be imported; does not import it, which takes a second.
constexpr const char* kLook =
    "import importlib.util, sys; sys.exit(importlib.util.find_spec('airbyte_cdk') is None)";
constexpr const char* kRun = "from airbyte_cdk.cli.source_declarative_manifest import run; run()";

void collect_classes(const Node& node, std::vector<std::string>& classes) {
  const Node* class_name = node.find("class_name");
  const std::string* name = class_name == nullptr ? nullptr : class_name->scalar.as_string();
  if (name != nullptr && std::ranges::count(classes, *name) == 0) {
    classes.push_back(*name);
  }
  for (const Node& item : node.items) {
    collect_classes(item, classes);
  }
  for (const auto& [key, member] : node.members) {
    collect_classes(member, classes);
  }
}

// Runs Python to its end; true when it is there and has the reference.
bool has_reference(const std::string& python, Log& log) {
  auto process =
      PipedProcess::start({.command = {python, "-c", kLook}, .silence_max = kLookPatience}, log);
  if (!process.ok()) {
    return false;
  }
  for (;;) {
    const auto line = (*process)->next_line({});
    if (!line.ok()) {
      return false;
    }
    if (!*line) {
      return (*process)->wait() == 0;
    }
  }
}

}  // namespace

std::vector<std::string> custom_classes(const Node& manifest) {
  std::vector<std::string> classes;
  collect_classes(manifest, classes);
  return classes;
}

Result<AirbyteProgram> reference_program(const fs::path& manifest,
                                         const std::vector<std::string>& classes,
                                         const EnvironmentLookup& environment, Log& log) {
  const std::string python = environment("TENDRIL_AIRBYTE_PYTHON").value_or("python3");
  if (!has_reference(python, log)) {
    return Error{ErrorCode::Unsupported,
                 fmt::format("{} needs custom Python code ({}), which only the reference "
                             "implementation runs: install it with '{} -m pip install "
                             "airbyte-cdk', or name a Python that has it in "
                             "TENDRIL_AIRBYTE_PYTHON",
                             manifest.string(), fmt::join(classes, ", "), python)};
  }
  AirbyteProgram program{.command = {python, "-c", kRun},
                         .options = {"--manifest-path", manifest.string()}};
  std::error_code failure;
  const fs::path components = manifest.parent_path() / "components.py";
  if (fs::exists(components, failure)) {
    program.options.insert(program.options.end(), {"--components-path", components.string()});
  }
  // The reference runs Python beside a manifest only where it is told so; who names such a manifest
  // on the command line has said so.
  program.environment = {{"AIRBYTE_ENABLE_UNSAFE_CODE", "true"}, {"PYTHONUNBUFFERED", "1"}};
  return program;
}

}  // namespace tendril

// What `tendril init` begins a connector project with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line.h"
#include "core/whole_file.h"

namespace tendril {

struct TemplateFile {
  std::string path;
  std::string text;
  FileReaders readers = FileReaders::Anybody;
};

// The files; the first one is the connector. `name` is that of the project's folder.
std::vector<TemplateFile> template_files(ProjectTemplate kind, std::string_view name);

// How to run what was made in `folder`, for people.
std::string template_advice(ProjectTemplate kind, std::string_view folder, std::string_view name);

}  // namespace tendril

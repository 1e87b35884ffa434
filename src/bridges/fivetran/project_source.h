// A project of the Fivetran Connector SDK as a Source: its tables are one feed, its checkpoints the
// state of that.
#pragma once

#include <filesystem>
#include <memory>

#include "bridges/fivetran/naming.h"
#include "bridges/fivetran/project_process.h"
#include "connector/source.h"
#include "core/log.h"
#include "data/value.h"

namespace tendril {

struct ProjectSourceOptions {
  ProjectProcess process;
  Value configuration = Map();  // As parse_configuration() allows.
  ProjectNaming naming = ProjectNaming::Fivetran;
  std::filesystem::path uploads = {};  // Where uploaded files go.
};

// check() runs the tests of the configuration form, where there is one, then schema(). Each read is
// a process of its own. Rows of tables without a key get one, `_fivetran_id`, made of their
// content.
//
// `log` must outlive the source. It gets what the connector logs and prints.
std::unique_ptr<Source> project_source(ProjectSourceOptions options, Log& log);

}  // namespace tendril

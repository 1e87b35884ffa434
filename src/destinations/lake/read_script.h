// The script that a lake carries for those who read it with DuckDB by its manifests.
#pragma once

#include <string>

#include "destinations/lake/row_file.h"

namespace tendril {

// Defines the macro tendril_files(lake, table): the list of the table's data files by the newest
// manifests, wherever they are at the moment. It fails when a commit is just moving them, so that
// nobody reads a part.
std::string read_script(LakeFormat format);

}  // namespace tendril

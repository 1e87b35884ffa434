// What a lake as a whole remembers: its format, and to which connection a table belongs. Files of
// one lake have one format, and rows of a table come from one connection: what one writes by key
// the other could not see.
#pragma once

#include <string>

#include "core/result.h"
#include "destinations/lake/row_file.h"
#include "destinations/lake/storage.h"

namespace tendril {

// Makes the folder a lake of this format, with a script for readers.
// Errors: InvalidConfig when it is one of another format.
Status claim_format(LakeStorage& storage, LakeFormat format);

// Errors: InvalidConfig when the table belongs to another connection, or has a name that is ours.
Status claim_table(LakeStorage& storage, const std::string& table, const std::string& connection);

}  // namespace tendril

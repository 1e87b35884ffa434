// The names of a lake: of folders, data files and columns. Tables and columns may have any name at
// their source.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "data/schema.h"

namespace tendril {

// Columns that only queries over staged rows have.
constexpr std::string_view kLakeOrderColumn = "_tendril_order";
constexpr std::string_view kLakeOperationColumn = "_tendril_operation";
constexpr std::string_view kLakeFileColumn = "_tendril_file";

// A name as one part of a path: letters, digits, "-", "_", "~" and dots within stay as they are,
// all else is percent-encoded. Long names are cut and told apart by a hash.
std::string folder_name(std::string_view name);

// Sixteen hexadecimal digits that stand for a connection in the names of its data files.
std::string connection_tag(std::string_view connection);

// Returns the stored name of each column of `source`, in order. Readers do not tell "Id" from "id";
// sources do, so the second of two such columns is stored as "id__2". Columns keep the names under
// which `stored` has them.
// Errors: InvalidConfig when a column has one of our own names.
Result<std::vector<std::string>> lake_column_names(const std::vector<Column>& source,
                                                   const std::vector<Column>& stored);

}  // namespace tendril

// What the queries of a lake are made of: names, types and conversions as DuckDB understands them,
// and relations over data files of different columns.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "data/instant.h"
#include "data/types.h"
#include "destinations/lake/lake_state.h"

namespace tendril {

std::string quoted_name(std::string_view name);
std::string quoted_text(std::string_view text);

// "TIMESTAMP WITH TIME ZONE"
std::string duckdb_type_name(Type type);

// `expression`, a value of type `from`, as one of type `to`; texts are spelt as ColumnBuilder
// spells them. REQUIRES: fits(from, to).
std::string converted_value(const std::string& expression, Type from, Type to);

std::string timestamp_literal(Instant instant);

// True when readers that put files of both types together (`union_by_name`) get the values that
// converted_value() gives.
bool unites(Type narrow, Type wide);

// A data file where queries can read it.
struct ReadableFile {
  std::filesystem::path path;
  const LakeLayout* layout = nullptr;  // Not owned.
};

// "(SELECT … UNION ALL …)": the rows of the files, with the columns of `wanted` in its types and
// whichever of our marks it has; with `names`, the file of each row in kLakeFileColumn.
// REQUIRES: there is a file.
std::string relation_of(const std::vector<ReadableFile>& files, const LakeLayout& wanted,
                        const WideningSteps& steps, bool names = false);

// "… AS column": a column of a file with the type it is wanted in; NULL where the file has none.
std::string wanted_column(const Column& wanted, const LakeLayout& present,
                          const WideningSteps& steps);

// The columns of `layout` that files have: none is of type Unknown; and our marks.
std::vector<std::string> stored_columns(const LakeLayout& layout);

// "a.x IS NOT DISTINCT FROM b.x AND …"
std::string same_values(const std::vector<std::string>& columns, std::string_view a,
                        std::string_view b);

// "a.x, a.y"
std::string name_list(const std::vector<std::string>& columns, std::string_view table = "");

}  // namespace tendril

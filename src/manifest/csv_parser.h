// Reads tables of text: rows in lines, cells between delimiters, quoted where they hold either.
// What is not quite in the form is read as Python's csv module reads it.
// Source: RFC 4180; manifest components "CsvDecoder" and "ResponseToFileExtractor".
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "manifest/body_parser.h"

namespace tendril {

struct CsvOptions {
  std::string delimiter = ",";          // One character.
  std::vector<std::string> nulls = {};  // Cells that stand for null.
  // Of several columns with a name, the second is "name.1"; a column without one is "Unnamed: 3";
  // a row with more cells than columns is an error; null characters are left out.
  bool as_data_frame = false;
};

// Takes UTF-8. The first row names the columns.
std::unique_ptr<BodyParser> csv_parser(CsvOptions options, ElementSink& sink,
                                       const DecodeLimits& limits);

// "\\t" is a tab, as Python reads escapes. Errors: InvalidConfig unless it comes to one character.
Result<std::string> csv_delimiter(std::string_view written);

// What a table of the data frame library Pandas takes for missing.
std::vector<std::string> data_frame_nulls();

}  // namespace tendril

// JsonPage: finds the records in a page of JSON and turns them into columns, in one pass over the
// text and without a tree; or into trees, for streams whose manifest transforms records.
// Source: manifest component "DpathExtractor".
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "data/batch_builder.h"
#include "data/value.h"

namespace tendril {

struct PageSummary {
  std::int64_t records = 0;
  // The text of the last record; points into the page. Empty when there was none.
  std::string_view last_record;
};

// Called with a record that is no object, or can not be stored.
using RecordRejector = std::function<Status(std::int64_t index_in_page, std::string_view json,
                                            std::string_view reason)>;

// Sees one top-level field of every record while it goes by, for cursors. The text is the
// unescaped string, or a number as written; nullopt for null. Not called where the field is absent.
struct FieldTap {
  std::string field;
  std::function<void(std::optional<std::string_view> text)> see;
};

// Where the records stand. A path leads through objects by name and through lists by number; "*"
// stands for every member. What it leads to: a list (its elements are the records), an object (the
// one record), nothing or null (no records). An empty path means the whole page.
// Threads: one at a time.
//
// As in the reference, a page that is a list is read as many pages, one for each element; and an
// empty object is no record, unless it stands in a list.
class JsonPageReader {
 public:
  enum class Form : std::uint8_t {
    Page,
    Element,  // A line or the like: a list is not read as many. The summary has no last record.
  };

  explicit JsonPageReader(std::vector<std::string> field_path, Form form = Form::Page);
  ~JsonPageReader();

  // Appends the records of `body` to `rows`: as columns, or as documents where `rows` holds those.
  // `body` needs 64 spare bytes of capacity, or is
  // copied. An empty body has no records.
  // Errors: BadData when the page is not JSON; `rows` then holds only whole records.
  Result<PageSummary> read_columns(std::string& body, BatchBuilder& rows, const FieldTap* tap,
                                   const RecordRejector& reject);

  // Gives each record as a tree to `take`; the rest as above.
  Result<PageSummary> read_trees(
      std::string& body, const std::function<Status(Value record, std::int64_t index)>& take,
      const RecordRejector& reject);

  // The page as one tree; with `without_records` what the path leads to is left out (an empty list
  // stands in its place), which is quick however many records there are.
  Result<Value> read_frame(std::string& body, bool without_records);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace tendril

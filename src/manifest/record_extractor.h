// RecordExtractor: which parts of a body are its records.
// Source: manifest components "DpathExtractor", "CombinedExtractor" and "ResponseToFileExtractor".
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <vector>

#include "core/result.h"
#include "data/value.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/record_expander.h"
#include "manifest/tree_path.h"

namespace tendril {

// Threads: safe to share.
class RecordExtractor {
 public:
  // `environment` must outlive the result.
  // Errors: InvalidConfig and Unsupported with file, line and column.
  static Result<RecordExtractor> compile(const Node& node, const Environment& environment);

  // The path where it is one that JsonPageReader can follow: then what it finds there are the
  // records, to be expanded. Else empty.
  const TreePath& field_path() const { return field_path_; }
  bool follows_field_path() const { return follows_field_path_; }

  // Records are what stands at the path, as it is.
  bool expands() const { return expander_ != nullptr; }

  // It reads tables by itself, whatever the retriever's decoder. Source: "ResponseToFileExtractor".
  bool reads_tables() const { return kind_ == Kind::Table; }
  bool keeps_na() const { return keeps_na_; }

  // Gives the records of the bodies of one page. Returns how many were dropped for being empty;
  // they count as records of the page all the same.
  Result<std::int64_t> extract(List bodies, const TakeRecord& take,
                               const std::stop_token& stop) const;

  // Gives what a record found at field_path() becomes: itself, or the elements of a list in it.
  Status expand(Value record, const TakeRecord& take, const std::stop_token& stop) const;

 private:
  enum class Kind : std::uint8_t { Path, Union, FirstMatch, Table };

  RecordExtractor() = default;
  Status extract_at_path(Value body, const TakeRecord& take, const std::stop_token& stop) const;

  Kind kind_ = Kind::Path;
  TreePath path_;
  TreePath field_path_;
  bool follows_field_path_ = false;
  bool keeps_na_ = false;
  bool skips_empty_ = false;
  std::shared_ptr<const RecordExpander> expander_;  // Null: there is none.
  std::vector<RecordExtractor> parts_;              // Of a combination.
};

}  // namespace tendril

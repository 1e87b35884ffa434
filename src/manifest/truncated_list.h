// TruncatedList: a list in a record that may hold only its first elements, and the retriever that
// gets all of them.
// Source: fields "truncation_indicator_path" and "truncated_list_retriever" of the manifest
// component "RecordExpander".
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <stop_token>

#include "core/result.h"
#include "data/value.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/record_expander.h"
#include "manifest/tree_path.h"

namespace tendril {

struct DeclarativeStream;

// Warns once of each thing, however many lists it concerns.
// Threads: safe to share.
class TruncatedList {
 public:
  ~TruncatedList();
  TruncatedList(const TruncatedList&) = delete;
  TruncatedList& operator=(const TruncatedList&) = delete;

  // Returns null when the expander does not say how such a list is known. `list` is where it
  // stands; `environment` must outlive the result.
  // Errors: InvalidConfig and Unsupported with file, line and column.
  static Result<std::shared_ptr<const TruncatedList>> compile(const Node& expander,
                                                              const TreePath& list,
                                                              const Environment& environment);

  // Gives all elements to `take`, where the list in the record is cut short and there is a
  // retriever. False: the API gave none, or was not asked; those in the record count.
  Result<bool> read(const Value& record, const TakeRecord& take, const std::stop_token& stop) const;

  // Says that those `embedded` in the record are not all, where they are not and that is all there
  // is.
  void warn_of_rest(const Value& record, std::int64_t embedded) const;

 private:
  explicit TruncatedList(const Environment& environment);
  Status compile_retriever_of(const Node& expander);
  bool is_cut_short(const Value& record) const;
  const std::int64_t* total_of(const Value& record) const;

  const Environment& environment_;
  TreePath list_;
  TreePath indicator_;  // To a field that is true where the list is cut short.
  TreePath total_;      // To the number of elements that there should be.
  std::unique_ptr<const DeclarativeStream> retriever_;  // Null: those in the record are all we get.
  mutable std::atomic<bool> warned_of_rest_ = false;
  mutable std::atomic<bool> warned_of_shortage_ = false;
};

}  // namespace tendril

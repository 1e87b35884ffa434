// RecordExpander: makes records out of the elements of a list in a record.
// Source: manifest component "RecordExpander".
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <utility>
#include <vector>

#include "core/result.h"
#include "data/value.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/tree_path.h"

namespace tendril {

class TruncatedList;

using TakeRecord = std::function<Status(Value record)>;

// Threads: safe to share.
class RecordExpander {
 public:
  // `environment` must outlive the result.
  // Errors: InvalidConfig and Unsupported with file, line and column.
  static Result<RecordExpander> compile(const Node& node, const Environment& environment);

  // Gives the elements, or (where told so) the record itself when there are none. Asks the API for
  // them where the record has only the first few and the manifest says how.
  // Errors: those of the requests and of `take`.
  Status expand(Value record, const TakeRecord& take, const std::stop_token& stop) const;

 private:
  RecordExpander() = default;
  Status compile_parent_fields(const Node& fields, Context& context);
  Result<Value> base_of(const Value& record) const;
  Status take_item(const Value& record, const Value& base, const Value& item,
                   const TakeRecord& take) const;

  TreePath path_;
  bool keeps_original_ = false;
  bool emits_parent_ = false;
  bool merges_parent_ = false;
  std::vector<std::pair<TreePath, TreePath>> parent_fields_;  // From there in the parent, to here.
  std::shared_ptr<const TruncatedList> truncated_;            // Null: lists are taken for whole.
};

}  // namespace tendril

// ParentRead: reads the records of one parent stream, page by page, and makes a partition of each.
// Source: manifest component "ParentStreamConfig".
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.h"
#include "data/value.h"
#include "manifest/environment.h"
#include "manifest/partition_router.h"
#include "manifest/request_option.h"
#include "manifest/slice_reader.h"
#include "manifest/slicer.h"
#include "manifest/stream_choice.h"
#include "manifest/value_path.h"

namespace tendril {

// Threads: safe to share.
struct ParentStream {
  // `environment` must outlive the result.
  // Errors: InvalidConfig and Unsupported with file, line and column.
  static Result<ParentStream> compile(const Node& node, const Environment& environment);

  StreamChoice stream;
  ValuePath key;
  std::string partition_field;
  std::vector<ValuePath> extra_fields = {};
  ValuePath first_page = {};  // Where a record holds the children; empty: nowhere.
  std::optional<RequestOption> option = std::nullopt;
  bool incremental = false;
};

// Threads: one at a time.
class ParentRead {
 public:
  // Both must outlive the object.
  ParentRead(const ParentStream& parent, const Environment& environment)
      : parent_(parent), environment_(environment) {}

  // `child_state` is that of the child; `plan` is what plan() returned in the run that is gone on
  // with, or null. Errors: BadData for a state that can not be read.
  Status open(const Value& child_state, const Value& plan);

  // Returns nullopt after the last.
  Result<std::optional<Partition>> next(std::stop_token stop);

  Value plan() const { return slicer_->plan(); }
  // Errors: BadData when a state can not be read.
  Result<Value> state() const;

 private:
  Result<bool> read_page(std::stop_token stop);
  Status start_slice();
  Status take(const Value& record);

  const ParentStream& parent_;
  const Environment& environment_;
  std::shared_ptr<const DeclarativeStream> stream_;  // The one that is read.
  std::unique_ptr<Slicer> slicer_;
  std::optional<StreamSlice> slice_;
  std::unique_ptr<SliceReader> reader_;  // Of the slice under way; null between slices.
  std::deque<Partition> found_;          // Of the page read last.
  std::vector<SliceOutcome> outcomes_;   // Of incremental parents only.
};

}  // namespace tendril

// PartitionRouter: the parts of a stream that are read for themselves: one for each value of a
// list, each record of a parent stream, each group of such, or each combination.
// Source: manifest components "ListPartitionRouter", "SubstreamPartitionRouter",
// "GroupingPartitionRouter" and "UnionPartitionRouter".
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.h"
#include "data/value.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/request_draft.h"

namespace tendril {

struct Partition {
  Map fields;
  Map extra_fields;  // Of the parent's record; not part of the partition's identity.
  // What the parent's record holds of the children: their first page, which need not be asked for.
  std::optional<Value> first_page = std::nullopt;
};

// The partitions of one run, found while they are asked for.
// Threads: one at a time.
class Partitions {
 public:
  virtual ~Partitions() = default;

  // Returns nullopt after the last. May send requests.
  virtual Result<std::optional<Partition>> next(std::stop_token stop) = 0;

  // What an interrupted run needs to find the same partitions again.
  virtual Value plan() const { return {}; }

  // After the last partition: {"parent": state of the parent, …} for parents that are read
  // incrementally; nullopt where parents have none. Errors: BadData when a state can not be read.
  virtual Result<std::optional<Map>> parent_states() const { return std::optional<Map>(); }
};

// What earlier runs left for the parents of a stream.
struct ParentMemory {
  Value child_state = {};  // The stream's own, with the parents' in it; or null.
  Value plan = {};         // What Partitions::plan() returned, or null.
};

// Threads: safe to share.
class PartitionRouter {
 public:
  virtual ~PartitionRouter() = default;

  // The router must outlive the partitions.
  virtual Result<std::unique_ptr<Partitions>> open(const ParentMemory& memory) const = 0;

  // Puts the partition's values where the manifest wants them in a request.
  virtual Status inject(const Map& partition, RequestDraft& draft) const = 0;

  // The partition field that every partition has, where that is known; else "".
  virtual std::string field() const { return {}; }

  // The router says where a partition's value goes in a request.
  virtual bool has_request_option() const { return false; }

  // All partitions must share one state.
  virtual bool is_global() const { return false; }

  // Children may come with their parents; see Partition::first_page.
  virtual bool brings_first_pages() const { return false; }
};

// A partition's value that is to be said in a request; nothing is said of what is empty, as in the
// reference.
bool is_said(const Value* value);

// `node` is one router or a sequence of them, which stands for all combinations; null for an empty
// one. `environment` must outlive the result.
// Errors: InvalidConfig and Unsupported with file, line and column.
Result<std::unique_ptr<PartitionRouter>> partition_router(const Node& node,
                                                          const Environment& environment);

// The routers by themselves; `environment` as above.
Result<std::unique_ptr<PartitionRouter>> list_router(const Node& node,
                                                     const Environment& environment);
// Reads the records of parent streams page by page; memory holds one page of them.
Result<std::unique_ptr<PartitionRouter>> substream_router(const Node& node,
                                                          const Environment& environment);
Result<std::unique_ptr<PartitionRouter>> grouping_router(const Node& node,
                                                         const Environment& environment);
Result<std::unique_ptr<PartitionRouter>> union_router(const Node& node,
                                                      const Environment& environment);
// REQUIRES: at least one.
std::unique_ptr<PartitionRouter> combined_router(
    std::vector<std::unique_ptr<PartitionRouter>> routers);

}  // namespace tendril

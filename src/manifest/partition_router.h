// PartitionRouter: the parts of a stream that are read for themselves: one for each value of a
// list, each record of a parent stream, or each combination of such. Source: manifest components
// "ListPartitionRouter" and "SubstreamPartitionRouter".
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "core/result.h"
#include "data/value.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/request_draft.h"

namespace tendril {

struct Partition {
  Map fields;
  Map extra_fields;  // Of the parent's record; not part of the partition's identity.
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
  // incrementally, else empty.
  virtual Map parent_states() const { return {}; }
};

// What earlier runs left for the parents of a stream.
struct ParentMemory {
  bool incremental = false;
  Value states = {};  // {"parent": state, …} or null.
  Value plan = {};    // What Partitions::plan() returned, or null.
};

// Threads: safe to share.
class PartitionRouter {
 public:
  virtual ~PartitionRouter() = default;

  // The router must outlive the partitions.
  virtual Result<std::unique_ptr<Partitions>> open(const ParentMemory& memory) const = 0;

  // Puts the partition's values where the manifest wants them in a request.
  virtual Status inject(const Map& partition, RequestDraft& draft) const = 0;

  // The name of the first parent, or "".
  virtual std::string parent() const { return {}; }
};

// `node` is one router or a sequence of them, which stands for all combinations; null for an empty
// one. `environment` must outlive the result.
// Errors: InvalidConfig and Unsupported with file, line and column.
Result<std::unique_ptr<PartitionRouter>> partition_router(const Node& node,
                                                          const Environment& environment);

// Source: manifest component "ListPartitionRouter".
Result<std::unique_ptr<PartitionRouter>> list_router(const Node& node,
                                                     const Environment& environment);

// Reads the records of parent streams page by page; memory holds one page of them.
// Source: manifest component "SubstreamPartitionRouter".
Result<std::unique_ptr<PartitionRouter>> substream_router(const Node& node,
                                                          const Environment& environment);

}  // namespace tendril

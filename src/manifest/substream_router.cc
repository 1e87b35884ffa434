#include <algorithm>
#include <utility>
#include <vector>

#include "manifest/parent_read.h"
#include "manifest/partition_router.h"

namespace tendril {
namespace {

class SubstreamPartitions final : public Partitions {
 public:
  static Result<std::unique_ptr<Partitions>> open(const std::vector<ParentStream>& parents,
                                                  const Environment& environment,
                                                  const ParentMemory& memory) {
    auto partitions = std::make_unique<SubstreamPartitions>(parents);
    const List* plans = memory.plan.as_list();
    for (std::size_t i = 0; i < parents.size(); ++i) {
      auto read = std::make_unique<ParentRead>(parents[i], environment);
      const bool planned = plans != nullptr && i < plans->size();
      TRY(read->open(memory.child_state, planned ? (*plans)[i] : Value()));
      partitions->reads_.push_back(std::move(read));
    }
    return partitions;
  }

  explicit SubstreamPartitions(const std::vector<ParentStream>& parents) : parents_(parents) {}

  Result<std::optional<Partition>> next(std::stop_token stop) override {
    for (; at_ < reads_.size(); ++at_) {
      std::optional<Partition> partition = TRY(reads_[at_]->next(stop));
      if (partition) {
        return partition;
      }
    }
    return std::optional<Partition>();
  }

  Value plan() const override {
    List plans;
    for (const auto& read : reads_) {
      plans.push_back(read->plan());
    }
    return plans;
  }

  Result<std::optional<Map>> parent_states() const override {
    Map states;
    for (std::size_t i = 0; i < parents_.size(); ++i) {
      if (parents_[i].incremental) {
        Value state = TRY(reads_[i]->state());
        states.set(parents_[i].stream.name(), std::move(state));
      }
    }
    return std::optional(std::move(states));
  }

 private:
  const std::vector<ParentStream>& parents_;
  std::vector<std::unique_ptr<ParentRead>> reads_;
  std::size_t at_ = 0;
};

class SubstreamRouter final : public PartitionRouter {
 public:
  SubstreamRouter(std::vector<ParentStream> parents, const Environment& environment)
      : parents_(std::move(parents)), environment_(environment) {}

  Result<std::unique_ptr<Partitions>> open(const ParentMemory& memory) const override {
    return SubstreamPartitions::open(parents_, environment_, memory);
  }

  Status inject(const Map& partition, RequestDraft& draft) const override {
    for (const ParentStream& parent : parents_) {
      const Value* value = partition.find(parent.partition_field);
      if (parent.option && is_said(value)) {
        TRY(parent.option->inject(*value, draft));
      }
    }
    return {};
  }

  std::string field() const override {
    const std::string& first = parents_.front().partition_field;
    const bool is_same =
        std::all_of(parents_.begin(), parents_.end(),
                    [&](const ParentStream& parent) { return parent.partition_field == first; });
    return is_same ? first : std::string();
  }

  bool has_request_option() const override {
    return std::any_of(parents_.begin(), parents_.end(),
                       [](const ParentStream& parent) { return parent.option.has_value(); });
  }

  bool brings_first_pages() const override {
    return std::any_of(parents_.begin(), parents_.end(),
                       [](const ParentStream& parent) { return !parent.first_page.empty(); });
  }

 private:
  const std::vector<ParentStream> parents_;
  const Environment& environment_;
};

}  // namespace

Result<std::unique_ptr<PartitionRouter>> substream_router(const Node& node,
                                                          const Environment& environment) {
  const Node* configs = TRY(node.required("parent_stream_configs"));
  std::vector<ParentStream> parents;
  for (const Node& config : configs->items) {
    ParentStream parent = TRY(ParentStream::compile(config, environment));
    parents.push_back(std::move(parent));
  }
  if (parents.empty()) {
    return configs->error("at least one parent stream is expected here");
  }
  return std::make_unique<SubstreamRouter>(std::move(parents), environment);
}

}  // namespace tendril

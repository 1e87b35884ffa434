#include <set>
#include <utility>
#include <vector>

#include "manifest/partition_router.h"
#include "manifest/stream_slice.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::string_view kParentSlice = "parent_slice";

// The one field of a partition that is not its parent's slice.
Result<const Value*> key_of(const Partition& partition) {
  const Value* key = nullptr;
  std::size_t keys = 0;
  for (const auto& [name, value] : partition.fields.members()) {
    if (name != kParentSlice) {
      key = &value;
      ++keys;
    }
  }
  if (keys != 1) {
    return Error{ErrorCode::InvalidConfig,
                 "a GroupingPartitionRouter groups partitions of one field, not: " +
                     canonical_json(partition.fields)};
  }
  return key;
}

// The values of each name, one for each partition of the group; null where it has none.
Map lists_of(const std::vector<Partition>& group, Map Partition::*part) {
  Map lists;
  for (std::size_t i = 0; i < group.size(); ++i) {
    for (const auto& [name, value] : (group[i].*part).members()) {
      if (lists.find(name) == nullptr) {
        lists.append(name, List(group.size()));
      }
      (*lists.find(name)->as_list())[i] = value;
    }
  }
  return lists;
}

class GroupedPartitions final : public Partitions {
 public:
  GroupedPartitions(std::unique_ptr<Partitions> single, std::size_t size, bool deduplicates)
      : single_(std::move(single)), size_(size), deduplicates_(deduplicates) {}

  Result<std::optional<Partition>> next(std::stop_token stop) override {
    std::vector<Partition> group;
    while (group.size() < size_) {
      std::optional<Partition> found = TRY(single_->next(stop));
      if (!found) {
        break;
      }
      const Value* key = TRY(key_of(*found));
      if (!deduplicates_ || seen_.insert(canonical_json(*key)).second) {
        group.push_back(*std::move(found));
      }
    }
    if (group.empty()) {
      return std::optional<Partition>();
    }
    return std::optional(
        Partition{lists_of(group, &Partition::fields), lists_of(group, &Partition::extra_fields)});
  }

  Value plan() const override { return single_->plan(); }
  Result<std::optional<Map>> parent_states() const override { return single_->parent_states(); }

 private:
  const std::unique_ptr<Partitions> single_;
  const std::size_t size_;
  const bool deduplicates_;
  std::set<std::string> seen_;
};

// Source: manifest component "GroupingPartitionRouter".
class GroupingRouter final : public PartitionRouter {
 public:
  GroupingRouter(std::unique_ptr<PartitionRouter> single, std::size_t size, bool deduplicates)
      : single_(std::move(single)), size_(size), deduplicates_(deduplicates) {}

  Result<std::unique_ptr<Partitions>> open(const ParentMemory& memory) const override {
    auto single = TRY(single_->open(memory));
    return std::make_unique<GroupedPartitions>(std::move(single), size_, deduplicates_);
  }

  Status inject(const Map&, RequestDraft&) const override { return {}; }

  // Groups are different ones in the next run.
  bool is_global() const override { return true; }

 private:
  const std::unique_ptr<PartitionRouter> single_;
  const std::size_t size_;
  const bool deduplicates_;
};

}  // namespace

Result<std::unique_ptr<PartitionRouter>> grouping_router(const Node& node,
                                                         const Environment& environment) {
  const Node* underlying = TRY(node.required("underlying_partition_router"));
  const std::int64_t size = TRY(node.integer_or("group_size", 0));
  if (size < 1) {
    return node.error("group_size must be at least 1");
  }
  auto single = TRY(partition_router(*underlying, environment));
  if (single == nullptr || single->has_request_option()) {
    return underlying->error("request_option can not be used in a GroupingPartitionRouter");
  }
  const bool deduplicates = TRY(node.flag_or("deduplicate", true));
  return std::make_unique<GroupingRouter>(std::move(single), static_cast<std::size_t>(size),
                                          deduplicates);
}

}  // namespace tendril

#include <utility>
#include <vector>

#include "manifest/partition_router.h"

namespace tendril {
namespace {

void merge(Map& into, const Map& from) {
  for (const auto& [name, value] : from.members()) {
    if (into.find(name) == nullptr) {
      into.append(name, value);
    }
  }
}

// Every partition of the first router with every one of the others. The first one is read while it
// is asked for; what the others yield is kept.
class CombinedPartitions final : public Partitions {
 public:
  explicit CombinedPartitions(std::vector<std::unique_ptr<Partitions>> parts)
      : parts_(std::move(parts)) {}

  Result<std::optional<Partition>> next(std::stop_token stop) override {
    if (at_ == 0) {
      first_ = TRY(parts_.front()->next(stop));
      if (!first_) {
        return std::optional<Partition>();
      }
      TRY(combine_rest(stop));
      if (rest_.empty()) {
        return std::optional<Partition>();
      }
    }
    Partition combined = *first_;
    merge(combined.fields, rest_[at_].fields);
    merge(combined.extra_fields, rest_[at_].extra_fields);
    at_ = (at_ + 1) % rest_.size();
    return std::optional(std::move(combined));
  }

  Value plan() const override {
    List plans;
    for (const auto& part : parts_) {
      plans.push_back(part->plan());
    }
    return plans;
  }

 private:
  Status combine_rest(std::stop_token stop) {
    if (is_combined_) {
      return {};
    }
    is_combined_ = true;
    rest_.emplace_back();
    for (std::size_t i = 1; i < parts_.size(); ++i) {
      const std::vector<Partition> all = TRY(read_all(*parts_[i], stop));
      std::vector<Partition> longer;
      for (const Partition& shorter : rest_) {
        for (const Partition& part : all) {
          merge(longer.emplace_back(shorter).fields, part.fields);
          merge(longer.back().extra_fields, part.extra_fields);
        }
      }
      rest_ = std::move(longer);
    }
    return {};
  }

  static Result<std::vector<Partition>> read_all(Partitions& partitions, std::stop_token stop) {
    std::vector<Partition> all;
    for (;;) {
      std::optional<Partition> part = TRY(partitions.next(stop));
      if (!part) {
        return all;
      }
      all.push_back(*std::move(part));
    }
  }

  const std::vector<std::unique_ptr<Partitions>> parts_;
  std::optional<Partition> first_;
  std::vector<Partition> rest_;  // The combinations of the other routers.
  bool is_combined_ = false;
  std::size_t at_ = 0;
};

class CombinedRouter final : public PartitionRouter {
 public:
  explicit CombinedRouter(std::vector<std::unique_ptr<PartitionRouter>> routers)
      : routers_(std::move(routers)) {}

  // Parents in combinations keep no states, as in the reference.
  Result<std::unique_ptr<Partitions>> open(const ParentMemory& memory) const override {
    const List* plans = memory.plan.as_list();
    std::vector<std::unique_ptr<Partitions>> parts;
    for (std::size_t i = 0; i < routers_.size(); ++i) {
      ParentMemory part{memory.child_state};
      if (plans != nullptr && i < plans->size()) {
        part.plan = (*plans)[i];
      }
      auto opened = TRY(routers_[i]->open(part));
      parts.push_back(std::move(opened));
    }
    return std::make_unique<CombinedPartitions>(std::move(parts));
  }

  Status inject(const Map& partition, RequestDraft& draft) const override {
    for (const auto& router : routers_) {
      TRY(router->inject(partition, draft));
    }
    return {};
  }

 private:
  const std::vector<std::unique_ptr<PartitionRouter>> routers_;
};

}  // namespace

std::unique_ptr<PartitionRouter> combined_router(
    std::vector<std::unique_ptr<PartitionRouter>> routers) {
  return std::make_unique<CombinedRouter>(std::move(routers));
}

}  // namespace tendril

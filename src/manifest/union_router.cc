#include <set>
#include <utility>
#include <vector>

#include "manifest/partition_router.h"
#include "manifest/stream_slice.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

using Routers = std::vector<std::unique_ptr<PartitionRouter>>;

// The partitions of one router after those of another, each value once.
class UnitedPartitions final : public Partitions {
 public:
  UnitedPartitions(const std::string& field, std::vector<std::unique_ptr<Partitions>> parts)
      : field_(field), parts_(std::move(parts)) {}

  Result<std::optional<Partition>> next(std::stop_token stop) override {
    while (at_ < parts_.size()) {
      std::optional<Partition> found = TRY(parts_[at_]->next(stop));
      if (!found) {
        ++at_;
        continue;
      }
      const Value* value = found->fields.find(field_);
      if (value == nullptr) {
        return Error{ErrorCode::InvalidConfig,
                     "a partition lacks the field of its UnionPartitionRouter: " + field_};
      }
      if (seen_.insert(canonical_json(*value)).second) {
        return std::optional(united(*std::move(found)));
      }
    }
    return std::optional<Partition>();
  }

  Value plan() const override {
    List plans;
    for (const auto& part : parts_) {
      plans.push_back(part->plan());
    }
    return plans;
  }

  Result<std::optional<Map>> parent_states() const override {
    Map states;
    for (const auto& part : parts_) {
      const std::optional<Map> of_part = TRY(part->parent_states());
      for (const auto& [name, state] : of_part.value_or(Map()).members()) {
        states.set(name, state);
      }
    }
    return std::optional(std::move(states));
  }

 private:
  // What else the partition says is no part of its identity, so that it is the same whichever
  // router found it.
  Partition united(Partition found) const {
    Partition result;
    for (auto& [name, value] : found.fields.members()) {
      (name == field_ ? result.fields : found.extra_fields).set(name, std::move(value));
    }
    result.extra_fields = std::move(found.extra_fields);
    return result;
  }

  const std::string& field_;
  const std::vector<std::unique_ptr<Partitions>> parts_;
  std::size_t at_ = 0;
  std::set<std::string> seen_;
};

// Source: manifest component "UnionPartitionRouter".
class UnionRouter final : public PartitionRouter {
 public:
  UnionRouter(std::string field, Routers routers)
      : field_(std::move(field)), routers_(std::move(routers)) {}

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
    return std::make_unique<UnitedPartitions>(field_, std::move(parts));
  }

  Status inject(const Map&, RequestDraft&) const override { return {}; }
  std::string field() const override { return field_; }

 private:
  const std::string field_;
  const Routers routers_;
};

}  // namespace

Result<std::unique_ptr<PartitionRouter>> union_router(const Node& node,
                                                      const Environment& environment) {
  std::string field =
      TRY(evaluate_text(node, "partition_field", environment.config, environment.clock));
  const Node* children = TRY(node.required("partition_routers"));
  Routers routers;
  for (const Node& child : children->items) {
    auto router = TRY(partition_router(child, environment));
    if (router->has_request_option()) {
      return child.error("request_option can not be used in a UnionPartitionRouter");
    }
    if (!router->field().empty() && router->field() != field) {
      return child.error("partition field is " + router->field() +
                         ", but that of the UnionPartitionRouter is " + field);
    }
    routers.push_back(std::move(router));
  }
  if (routers.size() < 2) {
    return children->error("at least two partition routers are expected here");
  }
  return std::make_unique<UnionRouter>(std::move(field), std::move(routers));
}

}  // namespace tendril

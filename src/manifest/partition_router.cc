#include "manifest/partition_router.h"

#include <utility>
#include <vector>

#include "manifest/request_option.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

// Partitions that are all known at once.
class KnownPartitions final : public Partitions {
 public:
  explicit KnownPartitions(std::vector<Partition> partitions)
      : partitions_(std::move(partitions)) {}

  Result<std::optional<Partition>> next(std::stop_token) override {
    return at_ < partitions_.size() ? std::optional(partitions_[at_++]) : std::nullopt;
  }

 private:
  const std::vector<Partition> partitions_;
  std::size_t at_ = 0;
};

class ListRouter final : public PartitionRouter {
 public:
  ListRouter(std::string field, List values, std::optional<RequestOption> option)
      : field_(std::move(field)), values_(std::move(values)), option_(std::move(option)) {}

  Result<std::unique_ptr<Partitions>> open(const ParentMemory&) const override {
    std::vector<Partition> partitions;
    for (const Value& value : values_) {
      partitions.push_back({Map{{field_, value}}, Map()});
    }
    return std::make_unique<KnownPartitions>(std::move(partitions));
  }

  Status inject(const Map& partition, RequestDraft& draft) const override {
    const Value* value = partition.find(field_);
    return option_ && value != nullptr ? option_->inject(*value, draft) : Status();
  }

 private:
  const std::string field_;
  const List values_;
  const std::optional<RequestOption> option_;
};

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
      std::vector<Partition> longer;
      for (;;) {
        const std::optional<Partition> part = TRY(parts_[i]->next(stop));
        if (!part) {
          break;
        }
        for (const Partition& shorter : rest_) {
          merge(longer.emplace_back(shorter).fields, part->fields);
          merge(longer.back().extra_fields, part->extra_fields);
        }
      }
      rest_ = std::move(longer);
    }
    return {};
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

  // Parents in combinations are read whole, as in the reference.
  Result<std::unique_ptr<Partitions>> open(const ParentMemory& memory) const override {
    const List* plans = memory.plan.as_list();
    std::vector<std::unique_ptr<Partitions>> parts;
    for (std::size_t i = 0; i < routers_.size(); ++i) {
      ParentMemory part;
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

  std::string parent() const override {
    for (const auto& router : routers_) {
      if (std::string parent = router->parent(); !parent.empty()) {
        return parent;
      }
    }
    return {};
  }

 private:
  const std::vector<std::unique_ptr<PartitionRouter>> routers_;
};

}  // namespace

Result<std::unique_ptr<PartitionRouter>> list_router(const Node& node,
                                                     const Environment& environment) {
  const Value& config = environment.config;
  const Clock& clock = environment.clock;
  std::string field = TRY(evaluate_text(node, "cursor_field", config, clock));
  const Node* values_node = TRY(node.required("values"));
  List values;
  if (values_node->kind == Node::Kind::Sequence) {
    for (const Node& item : values_node->items) {
      values.push_back(to_value(item));
    }
  } else {
    const Value evaluated = TRY(evaluate_value(node, "values", config, clock));
    if (!evaluated.is_list()) {
      return values_node->error("a list is expected here, the template gives: " +
                                std::string(to_string(evaluated.kind())));
    }
    values = *evaluated.as_list();
  }
  auto option = TRY(RequestOption::compile(node, "request_option", config, clock));
  return std::make_unique<ListRouter>(std::move(field), std::move(values), std::move(option));
}

Result<std::unique_ptr<PartitionRouter>> partition_router(const Node& node,
                                                          const Environment& environment) {
  if (node.kind == Node::Kind::Sequence) {
    std::vector<std::unique_ptr<PartitionRouter>> routers;
    for (const Node& item : node.items) {
      auto router = TRY(partition_router(item, environment));
      routers.push_back(std::move(router));
    }
    if (routers.empty()) {
      return std::unique_ptr<PartitionRouter>();
    }
    return routers.size() == 1 ? std::move(routers.front())
                               : std::make_unique<CombinedRouter>(std::move(routers));
  }
  if (node.type() == "ListPartitionRouter") {
    return list_router(node, environment);
  }
  if (node.type() == "SubstreamPartitionRouter") {
    return substream_router(node, environment);
  }
  return node.error("partition router is not supported: " + std::string(node.type()),
                    ErrorCode::Unsupported);
}

}  // namespace tendril

#include <utility>
#include <vector>

#include "manifest/partition_router.h"
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
    return option_ && is_said(value) ? option_->inject(*value, draft) : Status();
  }

  std::string field() const override { return field_; }
  bool has_request_option() const override { return option_.has_value(); }

 private:
  const std::string field_;
  const List values_;
  const std::optional<RequestOption> option_;
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

}  // namespace tendril

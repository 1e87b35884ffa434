#include "manifest/partition_router.h"

#include <utility>

#include "manifest/template_field.h"

namespace tendril {

bool is_said(const Value* value) {
  const bool is_number = value != nullptr && (value->as_int() || value->as_float());
  return value != nullptr && (is_number || value->as_bool() || is_truthy(*value));
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
    return combined_router(std::move(routers));
  }
  if (node.type() == "ListPartitionRouter") {
    return list_router(node, environment);
  }
  if (node.type() == "SubstreamPartitionRouter") {
    return substream_router(node, environment);
  }
  if (node.type() == "GroupingPartitionRouter") {
    return grouping_router(node, environment);
  }
  if (node.type() == "UnionPartitionRouter") {
    return union_router(node, environment);
  }
  return node.error("partition router is not supported: " + std::string(node.type()),
                    ErrorCode::Unsupported);
}

}  // namespace tendril

#include "manifest/declarative_stream.h"

#include <utility>

#include "manifest/template_field.h"

namespace tendril {
namespace {

// Refuses what would change the records if it were left out.
Status check_retriever(const Node& retriever) {
  if (retriever.type() != "SimpleRetriever") {
    return retriever.error("retriever is not supported: " + std::string(retriever.type()),
                           ErrorCode::Unsupported);
  }
  const Node* decoder = retriever.find("decoder");
  if (decoder != nullptr && decoder->type() != "JsonDecoder") {
    return decoder->error("decoder is not supported: " + std::string(decoder->type()),
                          ErrorCode::Unsupported);
  }
  return {};
}

// A partition whose first page came with its parent is read in one slice.
Status check_first_pages(const Node& stream, const PartitionRouter* router,
                         const StreamCursor* cursor) {
  if (router == nullptr || !router->brings_first_pages() || cursor == nullptr) {
    return {};
  }
  if (cursor->options().rules.step || cursor->options().rules.granularity > Micros(0)) {
    return stream.find("incremental_sync")
        ->error("step can not be used where a parent has a lazy_read_pointer");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<DeclarativeStream>> compile_stream(const Node& node,
                                                          const Environment& environment) {
  const Node* retriever = TRY(node.required("retriever"));
  TRY(check_retriever(*retriever));
  const Node* selector_node = TRY(retriever->required("record_selector"));
  const Node* requester_node = TRY(retriever->required("requester"));
  std::unique_ptr<const StreamCursor> cursor = TRY(stream_cursor(node, environment));
  const bool transform_first = cursor && cursor->is_client_side_incremental();
  RecordSelector selector = TRY(RecordSelector::compile(
      *selector_node, node.find("transformations"), transform_first, environment));
  Requester requester =
      TRY(Requester::compile(*requester_node, environment, selector.field_path()));
  Paginator paginator = TRY(Paginator::compile(retriever->find("paginator"), environment.config,
                                               environment.clock, selector.field_path()));
  std::unique_ptr<const PartitionRouter> router;
  if (const Node* router_node = retriever->find("partition_router")) {
    router = TRY(partition_router(*router_node, environment));
  }
  if (router != nullptr && cursor && !cursor->options().takes_partitions) {
    return node.find("incremental_sync")
        ->error("this cursor can not be used with a partition_router", ErrorCode::Unsupported);
  }
  const bool first_only =
      TRY(retriever->flag_or("ignore_stream_slicer_parameters_on_paginated_requests", false));
  std::optional<StateMigration> migration = TRY(StateMigration::compile(node, environment));
  std::optional<BatchHydration> hydration = TRY(BatchHydration::compile(node, environment));
  const std::string on_error = TRY(node.text_or("on_error", "stop"));
  TRY(check_first_pages(node, router.get(), cursor.get()));
  const PaginationReset reset = TRY(PaginationReset::compile(*retriever));
  std::string name = TRY(evaluate_text(node, "name", environment.config, environment.clock));
  return std::make_unique<DeclarativeStream>(DeclarativeStream{std::move(name),
                                                               std::move(requester),
                                                               std::move(paginator),
                                                               std::move(selector),
                                                               std::move(cursor),
                                                               std::move(router),
                                                               std::move(migration),
                                                               {},
                                                               first_only,
                                                               std::move(hydration),
                                                               on_error == "continue",
                                                               reset});
}

}  // namespace tendril

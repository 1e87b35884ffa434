#include "manifest/declarative_stream.h"

#include <utility>

#include "manifest/schema_loading.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

// An extractor that takes each body for a record.
Node whole_body() {
  Node node;
  node.kind = Node::Kind::Mapping;
  Node type;
  type.kind = Node::Kind::Scalar;
  type.scalar = "DpathExtractor";
  node.members.emplace_back("type", std::move(type));
  Node path;
  path.kind = Node::Kind::Sequence;
  node.members.emplace_back("field_path", std::move(path));
  return node;
}

// Where the parts of a retriever stand that every request for records needs.
struct RetrieverParts {
  const Node* requester = nullptr;
  const Node* paginator = nullptr;
  const Node* decoder = nullptr;
  const Node* extractor = nullptr;  // Null: that of the selector.
};

// Finds them, and refuses what would change the records if it were left out.
Result<RetrieverParts> parts_of(const Node& retriever) {
  RetrieverParts parts;
  if (retriever.type() == "AsyncRetriever") {
    parts.requester = TRY(retriever.required("download_requester"));
    parts.paginator = retriever.find("download_paginator");
    parts.decoder = retriever.find("download_decoder");
    parts.extractor = retriever.find("download_extractor");
    if (parts.extractor == nullptr) {
      static const Node kWholeBody = whole_body();
      parts.extractor = &kWholeBody;
    }
    return parts;
  }
  if (retriever.type() != "SimpleRetriever") {
    return retriever.error("retriever is not supported: " + std::string(retriever.type()),
                           ErrorCode::Unsupported);
  }
  parts.requester = TRY(retriever.required("requester"));
  parts.paginator = retriever.find("paginator");
  parts.decoder = retriever.find("decoder");
  return parts;
}

Result<std::unique_ptr<const AsyncRetrieval>> compile_job(const Node& retriever,
                                                          const Environment& environment) {
  if (retriever.type() != "AsyncRetriever") {
    return std::unique_ptr<const AsyncRetrieval>();
  }
  AsyncRetrieval job = TRY(AsyncRetrieval::compile(retriever, environment));
  return std::make_unique<const AsyncRetrieval>(std::move(job));
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

// What reads pages by itself reads plain JSON.
Status check_form(const Node& node, const DeclarativeStream& stream) {
  const bool pages_by_id =
      stream.cursor != nullptr && stream.cursor->options().id_paging != nullptr;
  const bool has_first_pages = stream.router != nullptr && stream.router->brings_first_pages();
  const RecordExtractor& extractor = stream.selector.extractor();
  const bool is_plain = stream.decoder.is_json_page() && stream.job == nullptr &&
                        stream.properties == nullptr && extractor.follows_field_path();
  if (pages_by_id && (!is_plain || extractor.expands() || stream.upload != nullptr)) {
    return node.find("incremental_sync")
        ->error("this cursor reads plain JSON pages only", ErrorCode::Unsupported);
  }
  if (has_first_pages && !is_plain) {
    return node.error("lazy_read_pointer is for plain JSON pages only", ErrorCode::Unsupported);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<DeclarativeStream>> compile_stream(const Node& node,
                                                          const Environment& environment) {
  const Node* retriever = TRY(node.required("retriever"));
  const RetrieverParts parts = TRY(parts_of(*retriever));
  const Node* selector_node = TRY(retriever->required("record_selector"));
  std::unique_ptr<const StreamCursor> cursor = TRY(stream_cursor(node, environment));
  const bool transform_first = cursor && cursor->is_client_side_incremental();
  const Value schema = inline_schema(node);
  RecordSelector selector =
      TRY(RecordSelector::compile(*selector_node,
                                  {parts.extractor, node.find("transformations"), transform_first,
                                   node.find("schema_loader") != nullptr, schema},
                                  environment));
  const RecordExtractor& extractor = selector.extractor();
  Decoder decoder =
      TRY(extractor.reads_tables() ? Result<Decoder>(Decoder::data_frame(extractor.keeps_na()))
                                   : Decoder::compile(parts.decoder));
  Requester requester =
      TRY(Requester::compile(*parts.requester, environment, selector.field_path()));
  Paginator paginator =
      TRY(Paginator::compile(parts.paginator, environment, selector.field_path()));
  std::unique_ptr<const PartitionRouter> router;
  if (const Node* router_node = retriever->find("partition_router")) {
    router = TRY(partition_router(*router_node, environment));
  }
  if (router != nullptr && cursor && !cursor->options().takes_partitions) {
    return node.find("incremental_sync")
        ->error("this cursor can not be used with a partition_router", ErrorCode::Unsupported);
  }
  if (router != nullptr && cursor && cursor->options().windows_per_run) {
    return node.find("incremental_sync")
        ->error("windows_per_run can not be used with a partition_router", ErrorCode::Unsupported);
  }
  const bool first_only =
      TRY(retriever->flag_or("ignore_stream_slicer_parameters_on_paginated_requests", false));
  std::optional<StateMigration> migration = TRY(StateMigration::compile(node, environment));
  std::optional<BatchHydration> hydration = TRY(BatchHydration::compile(node, environment));
  const std::string on_error = TRY(node.text_or("on_error", "stop"));
  TRY(check_first_pages(node, router.get(), cursor.get()));
  const PaginationReset reset = TRY(PaginationReset::compile(*retriever));
  std::string name = TRY(evaluate_text(node, "name", environment.config, environment.clock));
  auto job = TRY(compile_job(*retriever, environment));
  auto properties = TRY(PropertyQuery::compile(*parts.requester, schema, environment));
  std::unique_ptr<const FileUpload> upload;
  if (const Node* uploader = node.find("file_uploader")) {
    upload = TRY(FileUpload::compile(*uploader, name, environment));
  }
  auto stream = std::make_unique<DeclarativeStream>(DeclarativeStream{
      std::move(name), std::move(requester), std::move(paginator), std::move(selector),
      std::move(decoder), std::move(cursor), std::move(router), std::move(migration)});
  stream->reset = reset;
  stream->slice_in_first_request_only = first_only;
  stream->hydration = std::move(hydration);
  stream->rejects_faulty_records = on_error == "continue";
  stream->job = std::move(job);
  stream->properties = std::move(properties);
  stream->upload = std::move(upload);
  TRY(check_form(node, *stream));
  return stream;
}

}  // namespace tendril

#include "manifest/whole_read.h"

#include <utility>

#include "manifest/node_edit.h"
#include "manifest/parent_caches.h"
#include "manifest/slice_reader.h"
#include "manifest/slicer.h"

namespace tendril {

namespace {

// Gives records to `take` until that returns false; returns what it returned last.
Result<bool> read_pages(SliceReader& reader, const std::stop_token& stop,
                        const std::function<Result<bool>(Value record)>& take) {
  const auto reject = [](std::int64_t, std::string_view, std::string_view) { return Status(); };
  bool wants_more = true;
  const TakeRecord pass = [&](Value record) -> Status {
    if (wants_more) {
      wants_more = TRY(take(std::move(record)));
    }
    return {};
  };
  while (wants_more) {
    const bool fetched = TRY(reader.fetch(stop));
    if (!fetched) {
      break;
    }
    TRY(reader.read_records(pass, reject));
  }
  return wants_more;
}

}  // namespace

Status read_whole(const DeclarativeStream& stream, const Environment& environment,
                  std::stop_token stop,
                  const std::function<Result<bool>(Value record, const StreamSlice&)>& take) {
  const auto slicer = TRY(Slicer::open(stream, environment, SlicerRequest()));
  bool wants_more = true;
  while (wants_more) {
    const auto slice = TRY(slicer->next(stop));
    if (!slice) {
      return {};
    }
    const auto range = TRY(slicer->time_range(slice->partition));
    SliceReader reader(stream, environment, *slice, range, Value());
    wants_more = TRY(
        read_pages(reader, stop, [&](Value record) { return take(std::move(record), *slice); }));
  }
  return {};
}

Status read_slice(const DeclarativeStream& stream, const Environment& environment,
                  const StreamSlice& slice, const TakeRecord& take, const std::stop_token& stop) {
  SliceReader reader(stream, environment, slice, std::nullopt, Value());
  const auto pass = [&](Value record) -> Result<bool> {
    TRY(take(std::move(record)));
    return true;
  };
  TRY(read_pages(reader, stop, pass));
  return {};
}

Result<std::unique_ptr<DeclarativeStream>> compile_retriever(const Node& retriever,
                                                             std::string_view name,
                                                             const Environment& environment) {
  Node stream;
  stream.kind = Node::Kind::Mapping;
  stream.position = retriever.position;
  stream.key_path = retriever.key_path;
  set_member(stream, "type", to_node(Value("DeclarativeStream"), retriever.position));
  set_member(stream, "name", to_node(Value(name), retriever.position));
  set_member(stream, "retriever", retriever);
  return compile_stream(stream, environment);
}

Result<std::unique_ptr<DeclarativeStream>> compile_shared_retriever(
    const Node& retriever, std::string_view name, const Environment& environment) {
  Node shared = retriever;
  cache_answers(shared);
  return compile_retriever(shared, name, environment);
}

}  // namespace tendril

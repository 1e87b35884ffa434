#include "manifest/whole_read.h"

#include <utility>

#include "manifest/node_edit.h"
#include "manifest/parent_caches.h"
#include "manifest/slice_reader.h"
#include "manifest/slicer.h"

namespace tendril {

Status read_whole(const DeclarativeStream& stream, const Environment& environment,
                  std::stop_token stop,
                  const std::function<Result<bool>(Value record, const StreamSlice&)>& take) {
  const auto slicer = TRY(Slicer::open(stream, environment, SlicerRequest()));
  const auto reject = [](std::int64_t, std::string_view, std::string_view) { return Status(); };
  bool wants_more = true;
  while (wants_more) {
    const auto slice = TRY(slicer->next(stop));
    if (!slice) {
      return {};
    }
    const auto range = TRY(slicer->time_range(slice->partition));
    SliceReader reader(stream, environment, *slice, range, Value());
    while (wants_more) {
      const bool fetched = TRY(reader.fetch(stop));
      if (!fetched) {
        break;
      }
      const auto pass = [&](Value record) -> Status {
        if (wants_more) {
          wants_more = TRY(take(std::move(record), *slice));
        }
        return {};
      };
      TRY(reader.read_records(pass, reject));
    }
  }
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
  Node cached = retriever;
  cache_answers(cached);
  set_member(stream, "retriever", std::move(cached));
  return compile_stream(stream, environment);
}

}  // namespace tendril

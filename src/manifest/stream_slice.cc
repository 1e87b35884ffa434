#include "manifest/stream_slice.h"

#include <algorithm>
#include <utility>

#include "data/json.h"

namespace tendril {
namespace {

constexpr std::string_view kPartition = "partition";
constexpr std::string_view kExtraFields = "extra_fields";
constexpr std::string_view kWindow = "cursor_slice";

Value sorted(const Value& value) {
  if (const List* list = value.as_list()) {
    List result;
    std::transform(list->begin(), list->end(), std::back_inserter(result), sorted);
    return result;
  }
  const Map* map = value.as_map();
  if (map == nullptr) {
    return value;
  }
  Map result;
  for (const auto& [name, member] : map->members()) {
    result.append(name, sorted(member));
  }
  std::sort(result.members().begin(), result.members().end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return result;
}

}  // namespace

std::string canonical_json(const Value& value) { return to_json(sorted(value)); }

Slice to_slice(const StreamSlice& slice) {
  Slice result;
  if (!slice.partition.empty()) {
    result.id = canonical_json(slice.partition);
  }
  if (!slice.window.empty()) {
    result.id += (result.id.empty() ? "" : " ") + canonical_json(slice.window);
  }
  if (result.id.empty()) {
    result.id = "all";
  }
  Map bounds;
  bounds.append(std::string(kPartition), slice.partition);
  bounds.append(std::string(kExtraFields), slice.extra_fields);
  bounds.append(std::string(kWindow), slice.window);
  result.bounds = std::move(bounds);
  return result;
}

Result<StreamSlice> stream_slice_of(const Slice& slice) {
  StreamSlice result;
  for (const auto& [name, place] :
       {std::pair{kPartition, &result.partition}, std::pair{kExtraFields, &result.extra_fields},
        std::pair{kWindow, &result.window}}) {
    const Value* member = slice.bounds.find(name);
    if (member == nullptr || !member->is_map()) {
      return Error{ErrorCode::BadData, "bounds of a slice can not be read: " + slice.id};
    }
    *place = *member->as_map();
  }
  return result;
}

Value template_view(const StreamSlice& slice) {
  Map view = slice.partition;
  for (const auto& [name, value] : slice.window.members()) {
    view.set(name, value);
  }
  if (view.empty()) {
    return view;  // An empty slice is false in conditions.
  }
  for (const auto& [name, part] :
       {std::pair{kPartition, &slice.partition}, std::pair{kExtraFields, &slice.extra_fields},
        std::pair{kWindow, &slice.window}}) {
    if (view.find(name) == nullptr) {
      view.append(std::string(name), *part);
    }
  }
  return view;
}

}  // namespace tendril

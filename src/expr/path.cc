// Paths: the quickest way to a value of the context. Nothing is allocated.
#include "expr/evaluator.h"

namespace tendril {

PathEnd follow(const Path& path, const Context& context) {
  PathEnd end{context.value(path.slot), 0};
  for (const Path::Key& key : path.keys) {
    if (end.value == nullptr) {
      return end;
    }
    if (const Map* map = end.value->as_map(); map != nullptr && !key.is_index) {
      end.value = map->find(key.name);
    } else if (const List* list = end.value->as_list(); list != nullptr && key.is_index) {
      const auto size = static_cast<std::int64_t>(list->size());
      const std::int64_t index = key.index < 0 ? key.index + size : key.index;
      const bool inside = index >= 0 && index < size;
      end.value = inside ? &(*list)[static_cast<std::size_t>(index)] : nullptr;
    } else {
      return end;
    }
    ++end.keys_used;
  }
  return end;
}

}  // namespace tendril

#include "manifest/answer_path.h"

#include <charconv>

namespace tendril {
namespace {

const Value* find_item(const List& list, const std::string& step) {
  std::int64_t index = 0;
  const char* end = step.data() + step.size();
  const auto [stop, fault] = std::from_chars(step.data(), end, index);
  const auto size = static_cast<std::int64_t>(list.size());
  index += index < 0 ? size : 0;
  const bool is_inside = fault == std::errc() && stop == end && index >= 0 && index < size;
  return is_inside ? &list[static_cast<std::size_t>(index)] : nullptr;
}

}  // namespace

const Value* find_at(const Value& value, const std::vector<std::string>& path) {
  const Value* found = &value;
  for (const std::string& step : path) {
    const List* list = found->as_list();
    found = list == nullptr ? found->find(step) : find_item(*list, step);
    if (found == nullptr) {
      return nullptr;
    }
  }
  return found;
}

}  // namespace tendril

#include "manifest/tree_path.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

namespace tendril {
namespace {

constexpr std::string_view kAnySteps = "**";
constexpr std::size_t kListElementsMax = 10'000;  // That a path may add to a list.

std::optional<std::int64_t> number_of(std::string_view step) {
  std::int64_t number = 0;
  const auto end = std::from_chars(step.data(), step.data() + step.size(), number);
  const bool whole = !step.empty() && end.ec == std::errc() && end.ptr == step.data() + step.size();
  return whole ? std::optional(number) : std::nullopt;
}

// The bytes of the code point that `text` begins with.
std::size_t code_point_bytes(std::string_view text) {
  std::size_t bytes = 1;
  while (bytes < text.size() && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) {
    ++bytes;
  }
  return bytes;
}

// "[a-c]" at the start of `pattern`; moves both on. nullopt when the bracket is never closed.
std::optional<bool> match_set(std::string_view& pattern, std::string_view& name) {
  std::size_t at = 1;
  const bool negated = at < pattern.size() && pattern[at] == '!';
  at += negated ? 1 : 0;
  const std::size_t close = pattern.find(']', at + 1);
  if (close == std::string_view::npos) {
    return std::nullopt;
  }
  bool found = false;
  const auto c = static_cast<unsigned char>(name.empty() ? '\0' : name.front());
  for (; at < close; ++at) {
    const auto low = static_cast<unsigned char>(pattern[at]);
    auto high = low;
    if (at + 2 < close && pattern[at + 1] == '-') {
      high = static_cast<unsigned char>(pattern[at + 2]);
      at += 2;
    }
    found = found || (low <= c && c <= high);
  }
  if (name.empty()) {
    return false;
  }
  pattern.remove_prefix(close + 1);
  name.remove_prefix(code_point_bytes(name));
  return found != negated;
}

bool glob_matches(std::string_view pattern, std::string_view name) {
  std::string_view after_star;
  std::string_view star_name;
  bool has_star = false;
  for (;;) {
    if (!pattern.empty() && pattern.front() == '*') {
      pattern.remove_prefix(1);
      after_star = pattern;
      star_name = name;
      has_star = true;
      continue;
    }
    if (pattern.empty() && name.empty()) {
      return true;
    }
    bool fits = false;
    if (!pattern.empty() && !name.empty()) {
      const std::optional<bool> in_set =
          pattern.front() == '[' ? match_set(pattern, name) : std::nullopt;
      if (in_set) {
        fits = *in_set;
      } else if (pattern.front() == '?') {
        fits = true;
        pattern.remove_prefix(1);
        name.remove_prefix(code_point_bytes(name));
      } else if (pattern.front() == name.front()) {
        fits = true;
        pattern.remove_prefix(1);
        name.remove_prefix(1);
      }
    }
    if (fits) {
      continue;
    }
    if (!has_star || star_name.empty()) {
      return false;
    }
    star_name.remove_prefix(1);  // The star takes one more byte.
    pattern = after_star;
    name = star_name;
  }
}

// How far a walk has got in a path: every number of steps that the way so far can stand for.
class Progress {
 public:
  explicit Progress(const TreePath& path) : path_(&path) { add(0); }

  bool at_end() const { return !reached_.empty() && reached_.back() == path_->size(); }
  bool is_dead() const { return reached_.empty(); }

  // `matches` says whether a step leads to the child.
  template <class Matches>
  Progress step(const Matches& matches) const {
    Progress next(path_);
    for (const std::size_t at : reached_) {
      if (at == path_->size()) {
        continue;
      }
      if ((*path_)[at] == kAnySteps) {
        next.add(at);
      } else if (matches((*path_)[at])) {
        next.add(at + 1);
      }
    }
    return next;
  }

 private:
  explicit Progress(const TreePath* path) : path_(path) {}

  void add(std::size_t at) {
    if (std::find(reached_.begin(), reached_.end(), at) != reached_.end()) {
      return;
    }
    reached_.insert(std::upper_bound(reached_.begin(), reached_.end(), at), at);
    if (at < path_->size() && (*path_)[at] == kAnySteps) {
      add(at + 1);
    }
  }

  const TreePath* path_;
  std::vector<std::size_t> reached_;  // In order.
};

Progress into_element(const Progress& progress, std::size_t index, std::size_t size) {
  return progress.step([&](std::string_view step) {
    if (const auto number = number_of(step)) {
      const auto at = *number < 0 ? *number + static_cast<std::int64_t>(size) : *number;
      return at == static_cast<std::int64_t>(index);
    }
    return is_pattern(step) && glob_matches(step, std::to_string(index));
  });
}

Progress into_member(const Progress& progress, std::string_view name) {
  return progress.step([&](std::string_view step) { return matches_step(step, name); });
}

void collect(const Value& value, const Progress& progress, std::vector<const Value*>& found);

void visit_child(const Value& child, const Progress& progress, std::vector<const Value*>& found) {
  if (progress.is_dead()) {
    return;
  }
  if (progress.at_end()) {
    found.push_back(&child);
  }
  collect(child, progress, found);
}

void collect(const Value& value, const Progress& progress, std::vector<const Value*>& found) {
  if (const List* list = value.as_list()) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      visit_child((*list)[i], into_element(progress, i, list->size()), found);
    }
  } else if (const Map* map = value.as_map()) {
    for (const auto& [name, member] : map->members()) {
      visit_child(member, into_member(progress, name), found);
    }
  }
}

Status erase_below(Value& value, const Progress& progress, const ErasePredicate* predicate);

// Returns true when the child itself is to go.
Result<bool> erase_child(Value& child, const Progress& progress, const ErasePredicate* predicate) {
  if (progress.is_dead()) {
    return false;
  }
  if (progress.at_end()) {
    if (predicate == nullptr) {
      return true;
    }
    const bool holds = TRY((*predicate)(child));
    if (holds) {
      return true;
    }
  }
  TRY(erase_below(child, progress, predicate));
  return false;
}

Status erase_below(Value& value, const Progress& progress, const ErasePredicate* predicate) {
  if (List* list = value.as_list()) {
    const std::size_t size = list->size();
    for (std::size_t i = 0; i < size; ++i) {
      const bool erased = TRY(erase_child((*list)[i], into_element(progress, i, size), predicate));
      if (erased && i + 1 == list->size()) {
        list->pop_back();
      } else if (erased) {
        (*list)[i] = Value();
      }
    }
    return {};
  }
  Map* map = value.as_map();
  if (map == nullptr) {
    return {};
  }
  std::vector<std::string> erased;
  for (auto& [name, member] : map->members()) {
    const bool gone = TRY(erase_child(member, into_member(progress, name), predicate));
    if (gone) {
      erased.push_back(name);
    }
  }
  for (const std::string& name : erased) {
    map->erase(name);
  }
  return {};
}

// The element that a step leads to, which may be one past the end and beyond; nullopt for none.
std::optional<std::size_t> element_of(std::string_view step, std::size_t size) {
  const auto number = number_of(step);
  const std::int64_t at =
      number && *number < 0 ? *number + static_cast<std::int64_t>(size) : number.value_or(-1);
  return at < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(at));
}

}  // namespace

bool is_pattern(std::string_view step) {
  return step.find_first_of("*?[") != std::string_view::npos;
}

bool has_pattern(const TreePath& path) {
  return std::any_of(path.begin(), path.end(), [](const std::string& s) { return is_pattern(s); });
}

bool matches_step(std::string_view step, std::string_view name) {
  return is_pattern(step) ? glob_matches(step, name) : step == name;
}

std::vector<const Value*> values_at_path(const Value& root, const TreePath& path) {
  std::vector<const Value*> found;
  collect(root, Progress(path), found);
  return found;
}

Value* make_place(Value& root, const TreePath& path) {
  Value* place = &root;
  for (const std::string& step : path) {
    if (place->is_null()) {  // A number asks for a list.
      const auto number = number_of(step);
      *place = number && *number >= 0 ? Value(List()) : Value(Map());
    }
    if (List* list = place->as_list()) {
      const auto index = element_of(step, list->size());
      if (!index || *index > list->size() + kListElementsMax) {
        return nullptr;
      }
      if (*index >= list->size()) {
        list->resize(*index + 1);
      }
      place = &(*list)[*index];
      continue;
    }
    Map* map = place->as_map();
    if (map == nullptr) {
      return nullptr;
    }
    place = &(*map)[step];
  }
  return place;
}

Status erase_at(Value& root, const TreePath& path, const ErasePredicate* predicate) {
  return erase_below(root, Progress(path), predicate);
}

}  // namespace tendril

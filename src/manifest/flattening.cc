#include "manifest/flattening.h"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "manifest/template_field.h"
#include "manifest/tree_path.h"

namespace tendril {
namespace {

// Every scalar under its own name, or with the name of what it stood in before it where its own is
// taken; after the first list everything is named in full. The order, last ones first, is the
// reference's, for it decides who gets the short name.
class FlattenFields final : public RecordTransformation {
 public:
  explicit FlattenFields(bool flatten_lists) : flatten_lists_(flatten_lists) {}

  Status apply(Value& record, Context&) const override {
    if (!record.is_map()) {
      return {};
    }
    Map flat;
    std::unordered_set<std::string> taken;
    bool in_full = false;
    std::vector<std::pair<std::string, Value>> stack;
    stack.emplace_back("_", std::move(record));
    while (!stack.empty()) {
      auto [name, value] = std::move(stack.back());
      stack.pop_back();
      if (Map* map = value.as_map()) {
        for (auto& [key, member] : map->members()) {
          const bool prefixed = in_full || taken.contains(key);
          stack.emplace_back(prefixed ? name + "." + key : key, std::move(member));
        }
      } else if (List* list = value.as_list(); list != nullptr && flatten_lists_) {
        for (std::size_t i = 0; i < list->size(); ++i) {
          in_full = true;
          stack.emplace_back(name + "." + std::to_string(i), std::move((*list)[i]));
        }
      } else if (taken.insert(name).second) {
        flat.append(std::move(name), std::move(value));
      } else {
        flat.set(name, std::move(value));
      }
    }
    record = std::move(flat);
    return {};
  }

 private:
  const bool flatten_lists_;
};

struct FlattenOptions {
  TreePath path;
  bool delete_origin = false;
  bool replace_record = false;
  std::string prefix;
  std::string suffix;
};

// The members of one object in the record, among the record's own or in their place.
class DpathFlattenFields final : public RecordTransformation {
 public:
  explicit DpathFlattenFields(FlattenOptions options) : options_(std::move(options)) {}

  Status apply(Value& record, Context&) const override {
    Map* top = record.as_map();
    const std::vector<const Value*> found = options_.path.empty()
                                                ? std::vector<const Value*>{&record}
                                                : values_at_path(record, options_.path);
    if (top == nullptr || found.empty() || !found.front()->is_map()) {
      return {};
    }
    Map extracted;
    for (const auto& [name, value] : found.front()->as_map()->members()) {
      extracted.append(options_.prefix + name + options_.suffix, value);
    }
    if (options_.replace_record && !extracted.empty()) {
      record = std::move(extracted);
      return {};
    }
    // As in the reference, one name that is taken keeps all of them where they are.
    const auto& members = extracted.members();
    if (std::any_of(members.begin(), members.end(),
                    [&](const auto& member) { return top->find(member.first) != nullptr; })) {
      return {};
    }
    if (options_.delete_origin) {
      TRY(erase_at(record, options_.path, nullptr));
    }
    for (auto& [name, value] : extracted.members()) {
      top->append(std::move(name), std::move(value));
    }
    return {};
  }

 private:
  const FlattenOptions options_;
};

}  // namespace

Result<std::unique_ptr<RecordTransformation>> flatten_fields(const Node& node, const Environment&) {
  const bool lists = TRY(node.flag_or("flatten_lists", true));
  return std::make_unique<FlattenFields>(lists);
}

Result<std::unique_ptr<RecordTransformation>> dpath_flatten_fields(const Node& node,
                                                                   const Environment& environment) {
  FlattenOptions options;
  const Node* path = TRY(node.required("field_path"));
  Context context = context_with(environment);
  options.path = TRY(evaluate_path(node, *path, context));
  options.delete_origin = TRY(node.flag_or("delete_origin_value", false));
  options.replace_record = TRY(node.flag_or("replace_record", false));
  if (const Node* names = node.find("key_transformation")) {
    options.prefix = TRY(evaluate_text(*names, "prefix", environment.config, environment.clock));
    options.suffix = TRY(evaluate_text(*names, "suffix", environment.config, environment.clock));
  }
  return std::make_unique<DpathFlattenFields>(std::move(options));
}

}  // namespace tendril

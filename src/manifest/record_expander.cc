#include "manifest/record_expander.h"

#include <cstdint>
#include <string>

#include "manifest/template_field.h"
#include "manifest/truncated_list.h"

namespace tendril {
namespace {

constexpr std::string_view kOriginal = "original_record";
constexpr std::string_view kValue = "value";

Result<TreePath> path_member(const Node& node, std::string_view key, Context& context) {
  const Node* steps = TRY(node.required(key));
  return evaluate_path(node, *steps, context);
}

}  // namespace

Result<RecordExpander> RecordExpander::compile(const Node& node, const Environment& environment) {
  RecordExpander expander;
  Context context = context_with(environment);
  expander.path_ = TRY(path_member(node, "expand_records_from_field", context));
  expander.keeps_original_ = TRY(node.flag_or("remain_original_record", false));
  expander.merges_parent_ = TRY(node.flag_or("merge_parent", false));
  const std::string when_none = TRY(node.text_or("on_no_records", "skip"));
  expander.emits_parent_ = when_none == "emit_parent";
  if (const Node* fields = node.find("parent_fields")) {
    TRY(expander.compile_parent_fields(*fields, context));
  }
  expander.truncated_ = TRY(TruncatedList::compile(node, expander.path_, environment));
  return expander;
}

Status RecordExpander::compile_parent_fields(const Node& fields, Context& context) {
  for (const Node& field : fields.items) {
    TreePath from = TRY(path_member(field, "parent_path", context));
    TreePath to = TRY(path_member(field, "record_path", context));
    if (to.empty() || has_pattern(from) || has_pattern(to)) {
      return field.error("paths must lead to one field, without patterns");
    }
    parent_fields_.emplace_back(std::move(from), std::move(to));
  }
  return {};
}

// What the elements are merged into: the record without its lists, or null.
Result<Value> RecordExpander::base_of(const Value& record) const {
  if (!merges_parent_) {
    return Value();
  }
  Value base = record;
  const ErasePredicate is_list = [](const Value& value) -> Result<bool> { return value.is_list(); };
  TRY(erase_at(base, path_, &is_list));
  return base;
}

Status RecordExpander::expand(Value record, const TakeRecord& take,
                              const std::stop_token& stop) const {
  if (!record.is_map() || path_.empty()) {
    return take(std::move(record));
  }
  const Value base = TRY(base_of(record));
  const TakeRecord take_element = [&](const Value& item) {
    return take_item(record, base, item, take);
  };
  if (truncated_ != nullptr) {
    const bool has_whole = TRY(truncated_->read(record, take_element, stop));
    if (has_whole) {
      return {};
    }
  }
  std::int64_t embedded = 0;
  for (const Value* found : values_at_path(record, path_)) {
    if (const List* list = found->as_list()) {
      for (const Value& item : *list) {
        ++embedded;
        TRY(take_element(item));
      }
    }
  }
  if (truncated_ != nullptr) {
    truncated_->warn_of_rest(record, embedded);
  }
  if (embedded == 0 && emits_parent_) {
    return take(std::move(record));
  }
  return {};
}

Status RecordExpander::take_item(const Value& record, const Value& base, const Value& item,
                                 const TakeRecord& take) const {
  const bool carries = keeps_original_ || merges_parent_ || !parent_fields_.empty();
  if (!carries) {
    return take(item);
  }
  Value child = item;
  if (!item.is_map()) {
    child = Map();
    child.as_map()->set(kValue, item);
  }
  if (merges_parent_) {
    Value merged = base;
    for (auto& [name, value] : child.as_map()->members()) {
      merged.as_map()->set(name, std::move(value));
    }
    child = std::move(merged);
  }
  for (const auto& [from, to] : parent_fields_) {
    const Value* value = value_at(record, from);
    Value* place = make_place(child, to);
    if (place == nullptr) {
      return Error{ErrorCode::BadData, "field can not be added to a record: " + to.back()};
    }
    *place = value == nullptr ? Value() : *value;
  }
  if (keeps_original_) {
    child.as_map()->set(kOriginal, record);
  }
  return take(std::move(child));
}

}  // namespace tendril

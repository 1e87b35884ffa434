#include "manifest/record_extractor.h"

#include <algorithm>
#include <string>

#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::string_view kEveryMember = "*";
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
    for (const Node& field : fields->items) {
      TreePath from = TRY(path_member(field, "parent_path", context));
      TreePath to = TRY(path_member(field, "record_path", context));
      if (to.empty() || has_pattern(from) || has_pattern(to)) {
        return field.error("paths must lead to one field, without patterns");
      }
      expander.parent_fields_.emplace_back(std::move(from), std::move(to));
    }
  }
  return expander;
}

Status RecordExpander::expand(Value record, const TakeRecord& take) const {
  if (!record.is_map() || path_.empty()) {
    return take(std::move(record));
  }
  std::vector<const Value*> lists = values_at_path(record, path_);
  std::erase_if(lists, [](const Value* value) { return !value->is_list(); });
  Value base;
  if (merges_parent_) {
    base = record;
    const ErasePredicate is_list = [](const Value& value) -> Result<bool> {
      return value.is_list();
    };
    TRY(erase_at(base, path_, &is_list));
  }
  bool found_any = false;
  for (const Value* list : lists) {
    for (const Value& item : *list->as_list()) {
      found_any = true;
      TRY(take_item(record, base, item, take));
    }
  }
  if (!found_any && emits_parent_) {
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

Result<RecordExtractor> RecordExtractor::compile(const Node& node, const Environment& environment) {
  RecordExtractor extractor;
  if (node.type() == "ResponseToFileExtractor") {
    extractor.kind_ = Kind::Table;
    extractor.keeps_na_ = TRY(node.flag_or("preserve_na_values", false));
    return extractor;
  }
  if (node.type() == "CombinedExtractor") {
    const std::string mode = TRY(node.text_or("mode", "union"));
    extractor.kind_ = mode == "union" ? Kind::Union : Kind::FirstMatch;
    extractor.skips_empty_ = TRY(node.flag_or("skip_empty_records", false));
    const Node* parts = TRY(node.required("extractors"));
    for (const Node& part : parts->items) {
      RecordExtractor compiled = TRY(compile(part, environment));
      extractor.parts_.push_back(std::move(compiled));
    }
    return extractor.parts_.empty() ? parts->error("at least one extractor is expected here")
                                    : Result<RecordExtractor>(std::move(extractor));
  }
  if (node.type() != "DpathExtractor") {
    return node.error("extractor is not supported: " + std::string(node.type()),
                      ErrorCode::Unsupported);
  }
  Context context = context_with(environment);
  extractor.path_ = TRY(path_member(node, "field_path", context));
  extractor.follows_field_path_ =
      std::all_of(extractor.path_.begin(), extractor.path_.end(), [](const std::string& step) {
        return step == kEveryMember || (!is_pattern(step) && !step.starts_with('-'));
      });
  if (extractor.follows_field_path_) {
    extractor.field_path_ = extractor.path_;
  }
  if (const Node* expander = node.find("record_expander")) {
    RecordExpander compiled = TRY(RecordExpander::compile(*expander, environment));
    extractor.expander_ = std::make_shared<const RecordExpander>(std::move(compiled));
  }
  return extractor;
}

Status RecordExtractor::expand(Value record, const TakeRecord& take) const {
  return expander_ == nullptr ? take(std::move(record))
                              : expander_->expand(std::move(record), take);
}

// A list stands for its elements; anything else that is not empty is one record.
Status RecordExtractor::extract_at_path(Value body, const TakeRecord& take) const {
  std::vector<const Value*> found{&body};
  if (!path_.empty()) {
    found = values_at_path(body, path_);
  }
  const bool finds_many = std::find(path_.begin(), path_.end(), kEveryMember) != path_.end();
  if (!finds_many && found.size() > 1) {
    return Error{ErrorCode::BadData, "field_path leads to more than one place in the page"};
  }
  for (const Value* place : found) {
    // Nothing but this extractor looks at the body: its parts may go, unless one is inside another.
    const bool may_move = found.size() == 1;
    if (const List* list = place->as_list()) {
      for (const Value& item : *list) {
        TRY(expand(may_move ? std::move(const_cast<Value&>(item)) : item, take));
      }
    } else if (finds_many || is_truthy(*place)) {
      TRY(expand(may_move ? std::move(const_cast<Value&>(*place)) : *place, take));
    }
  }
  return {};
}

Result<std::int64_t> RecordExtractor::extract(List bodies, const TakeRecord& take) const {
  std::int64_t dropped = 0;
  if (parts_.empty()) {
    for (Value& body : bodies) {
      TRY(extract_at_path(std::move(body), take));
    }
    return dropped;
  }
  for (const RecordExtractor& part : parts_) {
    bool found = false;
    std::int64_t empty = 0;
    const TakeRecord filtered = [&](Value record) -> Status {
      if (skips_empty_ && !is_truthy(record)) {
        ++empty;
        return {};
      }
      found = true;
      return take(std::move(record));
    };
    const std::int64_t inner = TRY(part.extract(bodies, filtered));
    if (kind_ == Kind::Union || found) {
      dropped += empty + inner;
    }
    if (kind_ == Kind::FirstMatch && found) {
      break;
    }
  }
  return dropped;
}

}  // namespace tendril

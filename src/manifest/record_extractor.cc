#include "manifest/record_extractor.h"

#include <algorithm>
#include <string>

#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::string_view kEveryMember = "*";

Result<TreePath> path_member(const Node& node, std::string_view key, Context& context) {
  const Node* steps = TRY(node.required(key));
  return evaluate_path(node, *steps, context);
}

}  // namespace

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

Status RecordExtractor::expand(Value record, const TakeRecord& take,
                               const std::stop_token& stop) const {
  return expander_ == nullptr ? take(std::move(record))
                              : expander_->expand(std::move(record), take, stop);
}

// A list stands for its elements; anything else that is not empty is one record.
Status RecordExtractor::extract_at_path(Value body, const TakeRecord& take,
                                        const std::stop_token& stop) const {
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
        TRY(expand(may_move ? std::move(const_cast<Value&>(item)) : item, take, stop));
      }
    } else if (finds_many || is_truthy(*place)) {
      TRY(expand(may_move ? std::move(const_cast<Value&>(*place)) : *place, take, stop));
    }
  }
  return {};
}

Result<std::int64_t> RecordExtractor::extract(List bodies, const TakeRecord& take,
                                              const std::stop_token& stop) const {
  std::int64_t dropped = 0;
  if (parts_.empty()) {
    for (Value& body : bodies) {
      TRY(extract_at_path(std::move(body), take, stop));
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
    const std::int64_t inner = TRY(part.extract(bodies, filtered, stop));
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

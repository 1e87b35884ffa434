#include "manifest/record_selector.h"

#include <utility>

namespace tendril {
namespace {

Result<std::vector<std::string>> compile_field_path(const Node& extractor,
                                                    const Environment& environment) {
  if (extractor.type() != "DpathExtractor") {
    return extractor.error("extractor is not supported: " + std::string(extractor.type()),
                           ErrorCode::Unsupported);
  }
  if (const Node* expander = extractor.find("record_expander")) {
    return expander->error("record_expander is not supported", ErrorCode::Unsupported);
  }
  std::vector<std::string> path;
  const Node* steps = TRY(extractor.required("field_path"));
  Context context = context_with(environment.config, environment.clock);
  for (const Node& step : steps->items) {
    const TemplateField expression = TRY(TemplateField::compile(extractor, step));
    std::string name = TRY(expression.text(context));
    path.push_back(std::move(name));
  }
  return path;
}

}  // namespace

Result<RecordSelector> RecordSelector::compile(const Node& node, const Node* transformations,
                                               bool transform_first,
                                               const Environment& environment) {
  RecordSelector selector;
  const Node* extractor = TRY(node.required("extractor"));
  selector.field_path_ = TRY(compile_field_path(*extractor, environment));
  selector.transform_first_ = TRY(node.flag_or("transform_before_filtering", transform_first));
  if (const Node* filter = node.find("record_filter")) {
    if (filter->type() != "RecordFilter") {
      return filter->error("record filter is not supported: " + std::string(filter->type()),
                           ErrorCode::Unsupported);
    }
    const std::string condition = TRY(filter->text_or("condition", ""));
    if (!condition.empty()) {
      selector.condition_ = TRY(TemplateField::compile(*filter, "condition"));
    }
  }
  if (transformations != nullptr) {
    for (const Node& transformation : transformations->items) {
      auto compiled = TRY(transformation_of(transformation));
      selector.transformations_.push_back(std::move(compiled));
    }
  }
  return selector;
}

Result<bool> RecordSelector::passes(const Value& record, Context& context) const {
  if (!condition_) {
    return true;
  }
  set(context, Name::Record, &record);
  return condition_->truth(context);
}

Status RecordSelector::transform(Value& record, Context& context) const {
  for (const auto& transformation : transformations_) {
    TRY(transformation->apply(record, context));
  }
  return {};
}

Result<bool> RecordSelector::select(Value& record, Context& context) const {
  if (transform_first_) {
    TRY(transform(record, context));
  }
  const bool kept = TRY(passes(record, context));
  if (kept && !transform_first_) {
    TRY(transform(record, context));
  }
  return kept;
}

}  // namespace tendril

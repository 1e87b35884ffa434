#include "manifest/record_selector.h"

#include <utility>

#include "manifest/schema_normalization.h"

namespace tendril {

Result<RecordSelector> RecordSelector::compile(const Node& node, StreamParts stream,
                                               const Environment& environment) {
  const Node* extractor_node = stream.extractor;
  if (extractor_node == nullptr) {
    extractor_node = TRY(node.required("extractor"));
  }
  RecordExtractor extractor = TRY(RecordExtractor::compile(*extractor_node, environment));
  RecordSelector selector(std::move(extractor));
  selector.transform_first_ =
      TRY(node.flag_or("transform_before_filtering", stream.transform_first));
  const std::string normalization = TRY(node.text_or("schema_normalization", "None"));
  if (normalization == "Default" && stream.json_schema.is_null() && stream.has_schema) {
    return node.find("schema_normalization")
        ->error("only a schema in the manifest can be used", ErrorCode::Unsupported);
  }
  if (normalization == "Default") {
    selector.schema_ = std::move(stream.json_schema);
  } else if (normalization != "None") {
    return node.find("schema_normalization")
        ->error("value is not supported: " + normalization, ErrorCode::Unsupported);
  }
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
  if (stream.transformations != nullptr) {
    for (const Node& transformation : stream.transformations->items) {
      auto compiled = TRY(transformation_of(transformation, environment));
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
  if (kept && !schema_.is_null()) {
    normalize_by_schema(record, schema_);
  }
  return kept;
}

}  // namespace tendril

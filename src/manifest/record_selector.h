// RecordSelector: which records of a page are kept, and what they become.
// Source: manifest components "RecordSelector", "DpathExtractor" and "RecordFilter".
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "data/value.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/template_field.h"
#include "manifest/transformation.h"

namespace tendril {

// Threads: safe to share; each thread brings its own context.
class RecordSelector {
 public:
  // `transformations` are those of the stream, or null. With `transform_first` they come before the
  // filter where the manifest does not say.
  // Errors: InvalidConfig and Unsupported with file, line and column.
  static Result<RecordSelector> compile(const Node& node, const Node* transformations,
                                        bool transform_first, const Environment& environment);

  // Where the records stand in a page; see JsonPageReader.
  const std::vector<std::string>& field_path() const { return field_path_; }

  // Records are stored as they come: no need to make trees of them.
  bool is_plain() const { return !condition_ && transformations_.empty(); }

  // Changes the record; false when it is to be left out. `context` needs the slice and the page
  // token. Errors: InvalidConfig from templates.
  Result<bool> select(Value& record, Context& context) const;

 private:
  RecordSelector() = default;
  Result<bool> passes(const Value& record, Context& context) const;
  Status transform(Value& record, Context& context) const;

  std::vector<std::string> field_path_;
  std::optional<TemplateField> condition_;
  std::vector<std::unique_ptr<RecordTransformation>> transformations_;
  bool transform_first_ = false;
};

}  // namespace tendril

// RecordSelector: which records of a page are kept, and what they become.
// Source: manifest components "RecordSelector" and "RecordFilter".
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "data/value.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/record_extractor.h"
#include "manifest/template_field.h"
#include "manifest/transformation.h"

namespace tendril {

// Threads: safe to share; each thread brings its own context.
class RecordSelector {
 public:
  // What a stream says beside its selector.
  struct StreamParts {
    const Node* extractor = nullptr;        // In place of the selector's own.
    const Node* transformations = nullptr;  // May be null.
    bool transform_first = false;  // They come before the filter where the manifest does not say.
    bool has_schema = false;       // The stream has schema loaders.
    Value json_schema = {};        // What its records should look like, or null.
  };
  // Errors: InvalidConfig and Unsupported with file, line and column.
  static Result<RecordSelector> compile(const Node& node, StreamParts stream,
                                        const Environment& environment);

  const RecordExtractor& extractor() const { return extractor_; }

  // Where the records stand in a page; see RecordExtractor.
  const std::vector<std::string>& field_path() const { return extractor_.field_path(); }

  // Records are stored as they come: no need to make trees of them.
  bool is_plain() const {
    return !condition_ && transformations_.empty() && schema_.is_null() && !extractor_.expands();
  }

  // Changes the record; false when it is to be left out. `context` needs the slice and the page
  // token. Errors: InvalidConfig from templates.
  Result<bool> select(Value& record, Context& context) const;

 private:
  explicit RecordSelector(RecordExtractor extractor) : extractor_(std::move(extractor)) {}
  Result<bool> passes(const Value& record, Context& context) const;
  Status transform(Value& record, Context& context) const;

  RecordExtractor extractor_;
  std::optional<TemplateField> condition_;
  std::vector<std::unique_ptr<RecordTransformation>> transformations_;
  bool transform_first_ = false;
  Value schema_;  // That values are converted to, or null.
};

}  // namespace tendril

// Sinks that turn the elements of a body into rows, or into trees for streams whose manifest
// transforms records.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "core/result.h"
#include "data/batch_builder.h"
#include "data/value.h"
#include "manifest/body_parser.h"
#include "manifest/json_page.h"
#include "manifest/record_extractor.h"

namespace tendril {

// What both need. All of it must outlive them.
struct PageSinkParts {
  const RecordExtractor& extractor;
  JsonPageReader& pages;     // Reads Form::Page.
  JsonPageReader& elements;  // Reads Form::Element.
  const RecordRejector& reject;
  std::stop_token stop = {};     // Of requests for lists that a page has not whole.
  bool takes_any_value = false;  // Records need not be objects. Trees only.
};

// REQUIRES: records are stored as they come, and none is expanded.
class ColumnSink final : public ElementSink {
 public:
  // `grown` is called after every few rows; `tap` may be null.
  ColumnSink(const PageSinkParts& parts, BatchBuilder& rows, const FieldTap* tap,
             const std::function<Status()>& grown);

  Status json(std::string& text, bool is_page) override;
  Status row(std::span<const std::string> names, std::span<const Cell> cells) override;
  Status tree(Value element) override;

  std::int64_t records() const { return records_; }

 private:
  Status add_tree(const Value& record);
  Status add_trees(List bodies);
  Status grow(std::int64_t records);

  const PageSinkParts parts_;
  BatchBuilder& rows_;
  const FieldTap* tap_;
  const std::function<Status()>& grown_;
  const bool documents_;  // `rows` takes records as they are.
  std::int64_t records_ = 0;
  std::int64_t told_ = 0;  // Of records_, at the last call of grown_.
};

// Gives each record as a tree.
class TreeSink final : public ElementSink {
 public:
  TreeSink(const PageSinkParts& parts, const TakeRecord& take, bool keeps_first);

  Status json(std::string& text, bool is_page) override;
  Status row(std::span<const std::string> names, std::span<const Cell> cells) override;
  Status tree(Value element) override;

  // Those that the page had, whatever became of them.
  std::int64_t records() const { return records_; }
  // The first body of the page, where it was asked to be kept; else an empty object.
  Value take_first() { return std::move(first_); }

 private:
  Status take_bodies(List bodies);
  Status take_record(Value record);

  const PageSinkParts parts_;
  const TakeRecord& take_;
  bool keeps_first_;
  Value first_ = Map();
  std::int64_t records_ = 0;
};

// The bodies that a JSON page stands for: the elements of a list, or the page itself.
List bodies_of(Value page);

}  // namespace tendril

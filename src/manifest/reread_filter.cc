#include "manifest/reread_filter.h"

#include <algorithm>
#include <string>
#include <utility>

#include "connector/high_water_mark.h"
#include "manifest/stream_slice.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::int64_t kUndated = INT64_MAX;
constexpr std::int64_t kRecordsBetweenFloors = 4096;

}  // namespace

RereadFilter::RereadFilter(const StreamCursor& cursor, const TableSchema& schema, Instant started)
    : cursor_(&cursor),
      schema_(&schema),
      started_(started),
      edge_(
          schema.primary_key.empty() ? BoundarySet::Identity::Content : BoundarySet::Identity::Key,
          cursor.options().overlap->remembered_max) {}

Result<RereadFilter> RereadFilter::open(const StreamCursor& cursor, const TableSchema& schema,
                                        const TimeRange& range, const Value& progress) {
  RereadFilter filter(cursor, schema, range.started);
  TRY(filter.edge_.take_over(progress.is_null() ? range.known : progress));
  return filter;
}

Fingerprint RereadFilter::fingerprint(const Value& record) const {
  const std::string content = canonical_json(record);
  if (schema_->primary_key.empty()) {
    return whole_fingerprint(content);
  }
  List key;
  for (const std::string& column : schema_->primary_key) {
    const Value* value = record.find(column);
    key.push_back(value == nullptr ? Value() : *value);
  }
  return keyed_fingerprint(canonical_json(key), content);
}

bool RereadFilter::is_new(const Value& record) {
  const Value* field = record.find(cursor_->field());
  std::int64_t value = kUndated;
  if (field != nullptr && !field->is_null()) {
    if (const auto instant = cursor_->parse(plain_text(*field)); instant.ok()) {
      value = micros_of(*instant);
      greatest_ = std::max(greatest_, value);
    }
  }
  if (++records_ % kRecordsBetweenFloors == 0) {
    raise_floor();
  }
  return edge_.admit(value, fingerprint(record));
}

// The state will say no less than the slice's own greatest value, within the run's start and as
// exactly as the format can.
void RereadFilter::raise_floor() {
  if (greatest_ == INT64_MIN) {
    return;
  }
  Instant mark = instant_from_micros(greatest_);
  mark = cursor_->options().is_time ? std::min(mark, started_) : mark;
  if (const auto rounded = cursor_->parse(plain_text(cursor_->format(mark))); rounded.ok()) {
    const std::int64_t overlap = cursor_->options().overlap->span.count();
    edge_.raise_floor(saturated_difference(micros_of(*rounded), overlap));
  }
}

Value RereadFilter::seen() {
  raise_floor();
  return edge_.seen();
}

}  // namespace tendril

#include "manifest/page_sinks.h"

#include <algorithm>
#include <utility>

#include "connector/document.h"
#include "data/json.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::string_view kSurplus = "null";  // As the reference spells the name of no column.
constexpr std::string_view kNotJson = "line is not JSON";
constexpr std::int64_t kRowsBetweenCalls = 64;
constexpr std::size_t kRejectedBytesMax = std::size_t{64} * 1024;

// Cells for which there are no columns, as one list.
Value surplus(std::span<const ElementSink::Cell> cells) {
  List list;
  for (const auto& cell : cells) {
    list.push_back(cell ? Value(*cell) : Value());
  }
  return list;
}

Value tree_of(std::span<const std::string> names, std::span<const ElementSink::Cell> cells) {
  Map row;
  for (std::size_t i = 0; i < names.size(); ++i) {
    row.set(names[i], cells[i] ? Value(*cells[i]) : Value());
  }
  if (cells.size() > names.size()) {
    row.set(kSurplus, surplus(cells.subspan(names.size())));
  }
  return row;
}

Status refuse(const RecordRejector& reject, std::int64_t index, const Value& record) {
  std::string json = to_json(record);
  json.resize(std::min(json.size(), kRejectedBytesMax));
  return reject(index, json, "record is no object");
}

// Reads one JSON text with `read`, counting the records of earlier ones. A line that is broken is
// left out, as in the reference; a page that is broken is an error.
template <class Read>
Status read_json(std::string& text, bool is_page, const RecordRejector& reject,
                 std::int64_t records_before, const Read& read) {
  const RecordRejector counted = [&](std::int64_t index, std::string_view json,
                                     std::string_view reason) {
    return reject(records_before + index, json, reason);
  };
  const Status done = read(counted);
  if (done.ok() || is_page || parse_json(text).ok()) {
    return done;
  }
  return reject(records_before, std::string_view(text).substr(0, kRejectedBytesMax), kNotJson);
}

// The bodies that a JSON text stands for; none for a line that is broken.
Result<List> parsed_bodies(const std::string& text, bool is_page, const RecordRejector& reject,
                           std::int64_t index) {
  auto parsed = parse_json(text);
  if (!parsed.ok() && is_page) {
    return std::move(parsed).error();
  }
  if (!parsed.ok()) {
    TRY(reject(index, std::string_view(text).substr(0, kRejectedBytesMax), kNotJson));
    return List();
  }
  if (is_page) {
    return bodies_of(std::move(parsed).value());
  }
  List bodies;
  bodies.push_back(std::move(parsed).value());
  return bodies;
}

}  // namespace

List bodies_of(Value page) {
  if (List* list = page.as_list()) {
    return std::move(*list);
  }
  List bodies;
  bodies.push_back(std::move(page));
  return bodies;
}

ColumnSink::ColumnSink(const PageSinkParts& parts, BatchBuilder& rows, const FieldTap* tap,
                       const std::function<Status()>& grown)
    : parts_(parts),
      rows_(rows),
      tap_(tap),
      grown_(grown),
      documents_(holds_documents(rows.schema())) {}

Status ColumnSink::grow(std::int64_t records) {
  records_ += records;
  if (records_ - told_ < kRowsBetweenCalls) {
    return {};
  }
  told_ = records_;
  return grown_();
}

Status ColumnSink::json(std::string& text, bool is_page) {
  if (!parts_.extractor.follows_field_path()) {
    List bodies = TRY(parsed_bodies(text, is_page, parts_.reject, records_));
    return add_trees(std::move(bodies));
  }
  return read_json(text, is_page, parts_.reject, records_,
                   [&](const RecordRejector& reject) -> Status {
                     JsonPageReader& reader = is_page ? parts_.pages : parts_.elements;
                     const PageSummary read = TRY(reader.read_columns(text, rows_, tap_, reject));
                     return grow(read.records);
                   });
}

Status ColumnSink::row(std::span<const std::string> names, std::span<const Cell> cells) {
  const bool is_record =
      parts_.extractor.follows_field_path() && parts_.extractor.field_path().empty();
  if (!is_record || documents_) {
    return add_trees({tree_of(names, cells)});
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    ColumnBuilder& column = rows_.cell(names[i]);
    if (cells[i]) {
      column.append_string(*cells[i]);
    } else {
      column.append_null();
    }
    if (tap_ != nullptr && names[i] == tap_->field) {
      tap_->see(cells[i]);
    }
  }
  if (cells.size() > names.size()) {
    rows_.cell(kSurplus).append(surplus(cells.subspan(names.size())));
  }
  rows_.end_row();
  return grow(1);
}

Status ColumnSink::tree(Value element) { return add_trees({std::move(element)}); }

Status ColumnSink::add_tree(const Value& record) {
  const Map* map = record.as_map();
  if (map == nullptr) {
    TRY(refuse(parts_.reject, records_, record));
    return grow(1);
  }
  if (documents_) {
    add_document(rows_, *map);
  } else {
    rows_.add_row(*map);
  }
  const Value* seen = tap_ == nullptr ? nullptr : map->find(tap_->field);
  if (seen != nullptr) {
    const std::string text = plain_text(*seen);
    tap_->see(seen->is_null() ? std::nullopt : std::optional<std::string_view>(text));
  }
  return grow(1);
}

Status ColumnSink::add_trees(List bodies) {
  const TakeRecord take = [this](const Value& record) { return add_tree(record); };
  const std::int64_t dropped = TRY(parts_.extractor.extract(std::move(bodies), take, parts_.stop));
  return grow(dropped);
}

TreeSink::TreeSink(const PageSinkParts& parts, const TakeRecord& take, bool keeps_first)
    : parts_(parts), take_(take), keeps_first_(keeps_first) {}

Status TreeSink::json(std::string& text, bool is_page) {
  if (!parts_.extractor.follows_field_path() || keeps_first_ || parts_.takes_any_value) {
    List bodies = TRY(parsed_bodies(text, is_page, parts_.reject, records_));
    return take_bodies(std::move(bodies));
  }
  return read_json(
      text, is_page, parts_.reject, records_, [&](const RecordRejector& reject) -> Status {
        JsonPageReader& reader = is_page ? parts_.pages : parts_.elements;
        std::int64_t refused = 0;
        const RecordRejector counted = [&](std::int64_t index, std::string_view json,
                                           std::string_view reason) {
          ++refused;
          return reject(index, json, reason);
        };
        const auto take = [&](Value record, std::int64_t) {
          const TakeRecord take_each = [this](Value each) { return take_record(std::move(each)); };
          return parts_.extractor.expand(std::move(record), take_each, parts_.stop);
        };
        TRY(reader.read_trees(text, take, counted));
        records_ += refused;
        return {};
      });
}

Status TreeSink::row(std::span<const std::string> names, std::span<const Cell> cells) {
  return take_bodies({tree_of(names, cells)});
}

Status TreeSink::tree(Value element) { return take_bodies({std::move(element)}); }

Status TreeSink::take_bodies(List bodies) {
  if (keeps_first_ && !bodies.empty()) {
    first_ = bodies.front();
    keeps_first_ = false;
  }
  const TakeRecord take = [this](Value record) { return take_record(std::move(record)); };
  const std::int64_t dropped = TRY(parts_.extractor.extract(std::move(bodies), take, parts_.stop));
  records_ += dropped;
  return {};
}

Status TreeSink::take_record(Value record) {
  const std::int64_t index = records_++;
  const bool is_record = record.is_map() || parts_.takes_any_value;
  return is_record ? take_(std::move(record)) : refuse(parts_.reject, index, record);
}

}  // namespace tendril

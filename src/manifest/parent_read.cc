#include "manifest/parent_read.h"

#include <algorithm>
#include <utility>

#include "manifest/template_field.h"

namespace tendril {
namespace {

using Path = ValuePath;

constexpr std::string_view kParentSlice = "parent_slice";

std::string joined(const Path& path) {
  std::string text;
  for (const std::string& step : path) {
    text += (text.empty() ? "" : ".") + step;
  }
  return text;
}

Result<Path> first_page_path(const Node& node, const Environment& environment) {
  const Node* pointer = node.find("lazy_read_pointer");
  if (pointer == nullptr) {
    return Path();
  }
  Context context = context_with(environment);
  Path path = TRY(evaluate_path(node, *pointer, context));
  const bool has_wildcard = std::any_of(path.begin(), path.end(), [](const std::string& step) {
    return step.find('*') != std::string::npos;
  });
  if (has_wildcard) {
    return pointer->error("a path without \"*\" is expected here");
  }
  return path;
}

// What the child's state says of the parent: its own state; or the child's, from before they were
// kept apart.
Value parent_state_in(const Value& child_state, const DeclarativeStream& parent) {
  if (const Value* states = child_state.find("parent_state")) {
    const Value* state = states->find(parent.name);
    if (state != nullptr) {
      return *state;
    }
  }
  if (const Value* global = child_state.find("state")) {
    return *global;
  }
  const Value whole = whole_stream_state();
  const Value* only = nullptr;
  std::size_t members = 0;
  const Map none;
  const Map* map = child_state.as_map();
  for (const auto& [name, value] : (map == nullptr ? none : *map).members()) {
    if (whole.find(name) == nullptr) {
      only = &value;
      ++members;
    }
  }
  const bool is_scalar = members == 1 && (only->is_string() || only->as_int() || only->as_float());
  return is_scalar && parent.cursor ? Value(Map{{parent.cursor->field(), *only}}) : Value();
}

}  // namespace

Result<ParentStream> ParentStream::compile(const Node& node, const Environment& environment) {
  const Value& config = environment.config;
  const Clock& clock = environment.clock;
  const Node* stream = TRY(node.required("stream"));
  StreamChoice choice = TRY(StreamChoice::compile(*stream, environment));
  const std::string key = TRY(evaluate_text(node, "parent_key", config, clock));
  std::string field = TRY(evaluate_text(node, "partition_field", config, clock));
  ParentStream parent{std::move(choice), split_path(key), std::move(field)};
  if (parent.key.empty() || parent.partition_field.empty()) {
    return node.error("parent_key and partition_field must not be empty");
  }
  if (const Node* fields = node.find("extra_fields")) {
    Context context = context_with(config, clock);
    for (const Node& field_node : fields->items) {
      Path path = TRY(evaluate_path(node, field_node, context));
      parent.extra_fields.push_back(std::move(path));
    }
  }
  parent.first_page = TRY(first_page_path(node, environment));
  parent.option = TRY(RequestOption::compile(node, "request_option", config, clock));
  parent.incremental = TRY(node.flag_or("incremental_dependency", false));
  return parent;
}

Status ParentRead::open(const Value& child_state, const Value& plan) {
  Value state;
  if (parent_.incremental) {
    state = parent_state_in(child_state, parent_.stream.whole());
  }
  StreamChoice::Chosen chosen = TRY(parent_.stream.choose(state, plan));
  stream_ = std::move(chosen.stream);
  slicer_ = TRY(Slicer::open(*stream_, environment_, {std::move(chosen.state), plan}));
  return {};
}

Result<std::optional<Partition>> ParentRead::next(std::stop_token stop) {
  while (found_.empty()) {
    const bool more = TRY(read_page(stop));
    if (!more) {
      return std::optional<Partition>();
    }
  }
  std::optional<Partition> partition(std::move(found_.front()));
  found_.pop_front();
  return partition;
}

Result<Value> ParentRead::state() const {
  const Value state = TRY(slicer_->state_after(outcomes_));
  return state.is_null() ? whole_stream_state() : state;
}

Status ParentRead::start_slice() {
  const auto range = TRY(slicer_->time_range(slice_->partition));
  reader_ = std::make_unique<SliceReader>(*stream_, environment_, *slice_, range, Value());
  if (auto page = slicer_->first_page(slice_->partition)) {
    reader_->start_with(*std::move(page));
  }
  return {};
}

// Reads the next page of the slice under way, or starts the next slice; false after the last.
Result<bool> ParentRead::read_page(std::stop_token stop) {
  if (reader_ == nullptr) {
    slice_ = TRY(slicer_->next(stop));
    if (!slice_) {
      return false;
    }
    TRY(start_slice());
  }
  auto fetched = reader_->fetch(stop);
  if (!fetched.ok()) {
    return std::move(fetched).error().while_doing("reading the parent " + stream_->name);
  }
  if (!*fetched) {
    if (parent_.incremental) {
      outcomes_.push_back({slice_->partition, slice_->window, reader_->times().most_recent()});
    }
    slicer_->drop_first_page(slice_->partition);
    reader_.reset();
    return true;
  }
  // What is no record has no children; where the parent is a stream of its own it is reported.
  const auto reject = [](std::int64_t, std::string_view, std::string_view) { return Status(); };
  TRY(reader_->read_records([this](const Value& record) { return take(record); }, reject));
  return true;
}

// A record without the key has no children.
Status ParentRead::take(const Value& record) {
  const Value* key = value_at(record, parent_.key);
  if (key == nullptr || key->is_null()) {
    return {};
  }
  Partition& partition = found_.emplace_back();
  partition.fields.set(parent_.partition_field, *key);
  partition.fields.set(kParentSlice, slice_->partition);
  for (const Path& path : parent_.extra_fields) {
    const Value* value = value_at(record, path);
    partition.extra_fields.set(joined(path), value == nullptr ? Value() : *value);
  }
  if (!parent_.first_page.empty()) {
    const Value* page = value_at(record, parent_.first_page);
    partition.first_page = page == nullptr ? Value(List()) : *page;
  }
  return {};
}

}  // namespace tendril

#include <charconv>
#include <deque>
#include <utility>
#include <vector>

#include "manifest/declarative_stream.h"
#include "manifest/partition_router.h"
#include "manifest/request_option.h"
#include "manifest/slice_reader.h"
#include "manifest/slicer.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

using Path = std::vector<std::string>;

constexpr std::string_view kParentSlice = "parent_slice";

// Source: manifest component "ParentStreamConfig".
struct Parent {
  std::unique_ptr<const DeclarativeStream> stream;
  Path key;
  std::string partition_field;
  std::vector<Path> extra_fields;
  std::optional<RequestOption> option;
  bool incremental = false;
};

// What stands at `path` in a record; null when nothing does.
const Value* value_at(const Value& record, const Path& path) {
  const Value* value = &record;
  for (const std::string& step : path) {
    if (const List* list = value->as_list()) {
      std::size_t index = list->size();
      std::from_chars(step.data(), step.data() + step.size(), index);
      value = index < list->size() ? &(*list)[index] : nullptr;
    } else {
      value = value->find(step);
    }
    if (value == nullptr) {
      return nullptr;
    }
  }
  return value;
}

std::string joined(const Path& path) {
  std::string text;
  for (const std::string& step : path) {
    text += (text.empty() ? "" : ".") + step;
  }
  return text;
}

// Reads the records of one parent, page by page.
class ParentRead {
 public:
  ParentRead(const Parent& parent, const Environment& environment)
      : parent_(parent), environment_(environment) {}

  Status open(const ParentMemory& memory, const Value& plan) {
    SlicerRequest request;
    request.plan = plan;
    const Value* state = memory.states.find(parent_.stream->name);
    if (parent_.incremental && memory.incremental && state != nullptr) {
      request.state = *state;
    }
    slicer_ = TRY(Slicer::open(*parent_.stream, request));
    return {};
  }

  Result<std::optional<Partition>> next(std::stop_token stop) {
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

  Value plan() const { return slicer_->plan(); }
  Value state() const { return slicer_->state_after(outcomes_); }

 private:
  // Reads the next page of the slice under way, or starts the next slice; false after the last.
  Result<bool> read_page(std::stop_token stop) {
    if (reader_ == nullptr) {
      slice_ = TRY(slicer_->next(stop));
      if (!slice_) {
        return false;
      }
      reader_ = std::make_unique<SliceReader>(*parent_.stream, environment_, *slice_,
                                              slicer_->time_range(slice_->partition), Value());
    }
    auto fetched = reader_->fetch(stop);
    if (!fetched.ok()) {
      return std::move(fetched).error().while_doing("reading the parent " + parent_.stream->name);
    }
    if (!*fetched) {
      if (parent_.incremental) {
        outcomes_.push_back({slice_->partition, reader_->times().most_recent()});
      }
      reader_.reset();
      return true;
    }
    // What is no record has no children; where the parent is a stream of its own it is reported.
    const auto reject = [](std::int64_t, std::string_view, std::string_view) { return Status(); };
    TRY(reader_->read_records([this](const Value& record) { return take(record); }, reject));
    return true;
  }

  // A record without the key has no children.
  Status take(const Value& record) {
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
    return {};
  }

  const Parent& parent_;
  const Environment& environment_;
  std::unique_ptr<Slicer> slicer_;
  std::optional<StreamSlice> slice_;
  std::unique_ptr<SliceReader> reader_;  // Of the slice under way; null between slices.
  std::deque<Partition> found_;          // Of the page read last.
  std::vector<SliceOutcome> outcomes_;   // Of incremental parents only.
};

class SubstreamPartitions final : public Partitions {
 public:
  static Result<std::unique_ptr<Partitions>> open(const std::vector<Parent>& parents,
                                                  const Environment& environment,
                                                  const ParentMemory& memory) {
    auto partitions = std::make_unique<SubstreamPartitions>(parents);
    const List* plans = memory.plan.as_list();
    for (std::size_t i = 0; i < parents.size(); ++i) {
      auto read = std::make_unique<ParentRead>(parents[i], environment);
      const bool planned = plans != nullptr && i < plans->size();
      TRY(read->open(memory, planned ? (*plans)[i] : Value()));
      partitions->reads_.push_back(std::move(read));
    }
    return partitions;
  }

  explicit SubstreamPartitions(const std::vector<Parent>& parents) : parents_(parents) {}

  Result<std::optional<Partition>> next(std::stop_token stop) override {
    for (; at_ < reads_.size(); ++at_) {
      std::optional<Partition> partition = TRY(reads_[at_]->next(stop));
      if (partition) {
        return partition;
      }
    }
    return std::optional<Partition>();
  }

  Value plan() const override {
    List plans;
    for (const auto& read : reads_) {
      plans.push_back(read->plan());
    }
    return plans;
  }

  Map parent_states() const override {
    Map states;
    for (std::size_t i = 0; i < parents_.size(); ++i) {
      Value state = parents_[i].incremental ? reads_[i]->state() : Value();
      if (!state.is_null()) {
        states.set(parents_[i].stream->name, std::move(state));
      }
    }
    return states;
  }

 private:
  const std::vector<Parent>& parents_;
  std::vector<std::unique_ptr<ParentRead>> reads_;
  std::size_t at_ = 0;
};

class SubstreamRouter final : public PartitionRouter {
 public:
  SubstreamRouter(std::vector<Parent> parents, const Environment& environment)
      : parents_(std::move(parents)), environment_(environment) {}

  Result<std::unique_ptr<Partitions>> open(const ParentMemory& memory) const override {
    return SubstreamPartitions::open(parents_, environment_, memory);
  }

  Status inject(const Map& partition, RequestDraft& draft) const override {
    for (const Parent& parent : parents_) {
      const Value* value = partition.find(parent.partition_field);
      if (parent.option && value != nullptr) {
        TRY(parent.option->inject(*value, draft));
      }
    }
    return {};
  }

  std::string parent() const override { return parents_.front().stream->name; }

 private:
  const std::vector<Parent> parents_;
  const Environment& environment_;
};

// "a/b" leads to b in a.
Path split(std::string_view text) {
  Path path;
  while (!text.empty()) {
    const std::string_view step = text.substr(0, text.find('/'));
    text.remove_prefix(std::min(text.size(), step.size() + 1));
    if (!step.empty()) {
      path.emplace_back(step);
    }
  }
  return path;
}

Result<std::vector<Path>> compile_extra_fields(const Node& node, const Environment& environment) {
  std::vector<Path> fields;
  const Node* list = node.find("extra_fields");
  if (list == nullptr) {
    return fields;
  }
  Context context = context_with(environment.config, environment.clock);
  for (const Node& item : list->items) {
    Path& path = fields.emplace_back();
    for (const Node& step : item.items) {
      const TemplateField expression = TRY(TemplateField::compile(node, step));
      std::string name = TRY(expression.text(context));
      path.push_back(std::move(name));
    }
  }
  return fields;
}

Result<Parent> compile_parent(const Node& node, const Environment& environment) {
  if (const Node* pointer = node.find("lazy_read_pointer");
      pointer != nullptr && !pointer->items.empty()) {
    return pointer->error("lazy_read_pointer is not supported", ErrorCode::Unsupported);
  }
  Parent parent;
  const Node* stream = TRY(node.required("stream"));
  if (stream->type() != "DeclarativeStream") {
    return stream->error("parent stream is not supported: " + std::string(stream->type()),
                         ErrorCode::Unsupported);
  }
  parent.stream = TRY(compile_stream(*stream, environment));
  const std::string key =
      TRY(evaluate_text(node, "parent_key", environment.config, environment.clock));
  parent.key = split(key);
  parent.partition_field =
      TRY(evaluate_text(node, "partition_field", environment.config, environment.clock));
  if (parent.key.empty() || parent.partition_field.empty()) {
    return node.error("parent_key and partition_field must not be empty");
  }
  parent.extra_fields = TRY(compile_extra_fields(node, environment));
  parent.option =
      TRY(RequestOption::compile(node, "request_option", environment.config, environment.clock));
  parent.incremental = TRY(node.flag_or("incremental_dependency", false));
  return parent;
}

}  // namespace

Result<std::unique_ptr<PartitionRouter>> substream_router(const Node& node,
                                                          const Environment& environment) {
  const Node* configs = TRY(node.required("parent_stream_configs"));
  std::vector<Parent> parents;
  for (const Node& config : configs->items) {
    Parent parent = TRY(compile_parent(config, environment));
    parents.push_back(std::move(parent));
  }
  if (parents.empty()) {
    return configs->error("at least one parent stream is expected here");
  }
  return std::make_unique<SubstreamRouter>(std::move(parents), environment);
}

}  // namespace tendril

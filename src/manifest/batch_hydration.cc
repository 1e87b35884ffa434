#include "manifest/batch_hydration.h"

#include <set>
#include <utility>

#include "data/json.h"
#include "manifest/json_page.h"
#include "manifest/response_view.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::int64_t kBatchMax = 10'000;

Result<ValuePath> path_in(const Node& node, std::string_view key, const Environment& environment) {
  const Node* list = node.find(key);
  if (list == nullptr) {
    return ValuePath();
  }
  Context context = context_with(environment);
  return evaluate_path(node, *list, context);
}

// Nothing for a record that has no id.
std::string id_text(const Value& record, const ValuePath& path) {
  const Value* id = value_at(record, path);
  return id == nullptr ? std::string() : plain_text(*id);
}

}  // namespace

Result<std::optional<BatchHydration>> BatchHydration::compile(const Node& stream,
                                                              const Environment& environment) {
  const Node* node = stream.find("hydration");
  if (node == nullptr) {
    return std::optional<BatchHydration>();
  }
  const Node* selector_node = TRY(node->required("record_selector"));
  const Node* requester_node = TRY(node->required("requester"));
  RecordSelector selector = TRY(RecordSelector::compile(*selector_node, {}, environment));
  if (!selector.extractor().follows_field_path() || selector.extractor().expands()) {
    return selector_node->error("extractor can not be used for details", ErrorCode::Unsupported);
  }
  Requester requester =
      TRY(Requester::compile(*requester_node, environment, selector.field_path()));
  BatchHydration hydration(environment, std::move(requester), std::move(selector));
  hydration.id_path_ = TRY(path_in(*node, "id_path", environment));
  hydration.detail_id_path_ = TRY(path_in(*node, "detail_id_path", environment));
  hydration.into_ = TRY(path_in(*node, "into", environment));
  if (hydration.id_path_.empty()) {
    return node->error("id_path must not be empty");
  }
  if (hydration.detail_id_path_.empty()) {
    hydration.detail_id_path_ = hydration.id_path_;
  }
  const std::int64_t size = TRY(node->integer_or("batch_size", 100));
  if (size < 1 || size > kBatchMax) {
    return node->error("batch_size must be from 1 to " + std::to_string(kBatchMax));
  }
  hydration.batch_size_ = static_cast<std::size_t>(size);
  const std::string on_error = TRY(node->text_or("on_error", "stop"));
  hydration.continues_ = on_error == "continue";
  return std::optional(std::move(hydration));
}

Result<BatchHydration::Details> BatchHydration::fetch(const List& ids, const StreamSlice& slice,
                                                      std::stop_token stop) const {
  Value view = template_view(slice);
  view.as_map()->set("ids", ids);
  Context context = context_with(environment_->config, environment_->clock);
  set(context, Name::StreamSlice, &view);
  const Request asked = TRY(requester_.request(RequestDraft(), std::nullopt, context));
  Client::Answer answer = TRY(requester_.send(asked, stop));
  Details details;
  if (answer.ignored && answer.response.status >= 400) {
    return details;
  }
  const auto take = [&](Value record, std::int64_t) -> Status {
    const bool kept = TRY(selector_.select(record, context));
    std::string id = kept ? id_text(record, detail_id_path_) : std::string();
    if (!id.empty()) {
      details[std::move(id)] = std::move(record);
    }
    return {};
  };
  const auto pass = [](std::int64_t, std::string_view, std::string_view) { return Status(); };
  const auto read =
      JsonPageReader(selector_.field_path()).read_trees(answer.response.body, take, pass);
  if (!read.ok()) {
    return Error(read.error()).while_doing("reading " + asked.method + " " + url_view(asked.url));
  }
  return details;
}

void BatchHydration::put(const Details& details, std::span<Value> records) const {
  for (Value& record : records) {
    const auto found = details.find(id_text(record, id_path_));
    if (found == details.end()) {
      continue;
    }
    if (!into_.empty()) {
      set_at(record, into_, found->second);
      continue;
    }
    for (const auto& [name, value] : found->second.as_map()->members()) {
      record.as_map()->set(name, value);
    }
  }
}

Status BatchHydration::hydrate(std::span<Value> records, const StreamSlice& slice,
                               const std::function<Status(RejectedRow)>& reject,
                               std::stop_token stop) const {
  std::size_t begin = 0;
  while (begin < records.size()) {
    std::set<std::string> seen;
    List ids;
    std::size_t end = begin;
    for (; end < records.size() && ids.size() < batch_size_; ++end) {
      const Value* id = value_at(records[end], id_path_);
      if (id != nullptr && !id->is_null() && seen.insert(plain_text(*id)).second) {
        ids.push_back(*id);
      }
    }
    if (!ids.empty()) {
      const auto details = fetch(ids, slice, stop);
      if (details.ok()) {
        put(*details, records.subspan(begin, end - begin));
      } else if (!continues_ || details.error().code == ErrorCode::Cancelled) {
        return Error(details.error()).while_doing("fetching details");
      } else {
        TRY(reject({"details are missing: " + details.error().message, "details of a page",
                    to_json(Value(std::move(ids)))}));
      }
    }
    begin = end;
  }
  return {};
}

}  // namespace tendril

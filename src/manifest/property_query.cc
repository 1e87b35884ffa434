#include "manifest/property_query.h"

#include <utility>

#include "core/utf8.h"
#include "manifest/declarative_stream.h"
#include "manifest/template_field.h"
#include "manifest/transformation.h"
#include "manifest/whole_read.h"

namespace tendril {
namespace {

constexpr std::int64_t kDelimiterCharacters =
    3;  // What one takes, encoded, between two properties.

// The properties of the schema, after the transformations that lead to the API's names.
Result<std::set<std::string>> selected_properties(const Node& selector, const Value& json_schema,
                                                  const Environment& environment) {
  const Value* properties = json_schema.find("properties");
  Value names = properties == nullptr || !properties->is_map() ? Value(Map()) : *properties;
  if (const Node* transformations = selector.find("transformations")) {
    Context context = context_with(environment);
    for (const Node& node : transformations->items) {
      const auto transformation = TRY(transformation_of(node, environment));
      TRY(transformation->apply(names, context));
    }
  }
  std::set<std::string> selected;
  for (const auto& [name, value] : names.as_map()->members()) {
    selected.insert(name);
  }
  return selected;
}

}  // namespace

// Where the list of properties comes from, and what it was.
struct PropertyQuery::Endpoint {
  std::unique_ptr<DeclarativeStream> stream;
  TreePath path;
  const Environment* environment = nullptr;
  std::mutex mutex;
  std::optional<std::vector<std::string>> known;  // Guarded by mutex.
};

PropertyQuery::~PropertyQuery() = default;

std::vector<std::vector<std::string>> PropertyGroups::divide(
    const std::vector<std::string>& properties,
    const std::optional<std::set<std::string>>& selected, bool divides) const {
  std::vector<std::string> group = always;
  if (divides && limit <= 0) {
    group = properties;
    group.insert(group.end(), always.begin(), always.end());
    return {std::move(group)};
  }
  std::vector<std::vector<std::string>> groups;
  std::int64_t size = 0;
  for (const std::string& property : properties) {
    if (selected && !selected->contains(property)) {
      continue;
    }
    const std::int64_t added =
        limits_characters
            ? static_cast<std::int64_t>(count_characters(property)) + kDelimiterCharacters
            : 1;
    if (divides && size + added > limit) {
      groups.push_back(std::exchange(group, always));
      size = 0;
    }
    group.push_back(property);
    size += added;
  }
  groups.push_back(std::move(group));
  return groups;
}

Result<std::unique_ptr<const PropertyQuery>> PropertyQuery::compile(
    const Node& requester, const Value& json_schema, const Environment& environment) {
  std::unique_ptr<PropertyQuery> compiled(new PropertyQuery());
  const Node* query = nullptr;
  if (const Node* parameters = requester.find("request_parameters")) {
    for (const auto& [name, value] : parameters->members) {
      if (value.type() != "QueryProperties") {
        continue;
      }
      if (query != nullptr) {
        return value.error("only one parameter can be a QueryProperties");
      }
      query = &value;
      compiled->parameter_ = name;
    }
  }
  const Node* endpoint = requester.find("fetch_properties_from_endpoint");
  if (query != nullptr && endpoint != nullptr) {
    return endpoint->error("properties are asked for in two ways");
  }
  query = query != nullptr ? query : requester.find("query_properties");
  if (query == nullptr && endpoint == nullptr) {
    return std::unique_ptr<const PropertyQuery>();
  }
  if (endpoint != nullptr) {
    Node made;
    made.kind = Node::Kind::Mapping;
    made.position = endpoint->position;
    made.members.emplace_back("property_list", *endpoint);
    TRY(compiled->compile_query(made, json_schema, environment));
  } else {
    TRY(compiled->compile_query(*query, json_schema, environment));
  }
  return std::unique_ptr<const PropertyQuery>(std::move(compiled));
}

Status PropertyQuery::compile_query(const Node& query, const Value& json_schema,
                                    const Environment& environment) {
  const Node* list = TRY(query.required("property_list"));
  if (list->type() == "PropertiesFromEndpoint") {
    endpoint_ = std::make_unique<Endpoint>();
    endpoint_->environment = &environment;
    const Node* retriever = TRY(list->required("retriever"));
    endpoint_->stream = TRY(compile_shared_retriever(*retriever, "properties", environment));
    const Node* path = TRY(list->required("property_field_path"));
    Context context = context_with(environment);
    endpoint_->path = TRY(evaluate_path(*list, *path, context));
  } else {
    listed_ = TRY(query.texts("property_list"));
  }
  groups_.always = TRY(query.texts("always_include_properties"));
  if (const Node* selector = query.find("property_selector")) {
    selected_ = TRY(selected_properties(*selector, json_schema, environment));
  }
  const Node* chunking = query.find("property_chunking");
  if (chunking == nullptr) {
    return {};
  }
  divides_ = true;
  groups_.limit = TRY(chunking->integer_or("property_limit", 0));
  const std::string limit_type = TRY(chunking->text("property_limit_type"));
  groups_.limits_characters = limit_type == "characters";
  const Node* strategy = chunking->find("record_merge_strategy");
  key_ = {"id"};
  if (strategy != nullptr) {
    key_ = TRY(strategy->texts("key"));
  }
  return {};
}

Result<std::vector<std::string>> PropertyQuery::properties(std::stop_token stop) const {
  if (endpoint_ == nullptr) {
    return listed_;
  }
  const std::lock_guard lock(endpoint_->mutex);
  if (!endpoint_->known) {
    std::vector<std::string> found;
    const auto take = [&](const Value& record, const StreamSlice&) -> Result<bool> {
      const Value* name = value_at(record, endpoint_->path);
      found.push_back(name == nullptr ? "[]" : plain_text(*name));  // As the reference names it.
      return true;
    };
    Status read = read_whole(*endpoint_->stream, *endpoint_->environment, std::move(stop), take);
    if (!read.ok()) {
      return std::move(read).error().while_doing("reading the list of properties");
    }
    endpoint_->known = std::move(found);
  }
  return *endpoint_->known;
}

Result<std::vector<std::vector<std::string>>> PropertyQuery::groups(std::stop_token stop) const {
  const std::vector<std::string> all = TRY(properties(std::move(stop)));
  return groups_.divide(all, selected_, divides_);
}

std::optional<std::string> PropertyQuery::merge_key(const Value& record) const {
  std::string key;
  for (const std::string& part : key_) {
    const Value* value = record.find(part);
    if (value == nullptr || !is_truthy(*value)) {
      return std::nullopt;
    }
    key += (key.empty() ? "" : ",") + plain_text(*value);
  }
  return key;
}

void MergedRecords::add(const std::string& key, Value part) {
  const auto [place, is_new] = places_.emplace(key, records_.size());
  if (is_new) {
    records_.push_back(std::move(part));
  } else if (records_[place->second].is_map() && part.is_map()) {
    merge_into(*records_[place->second].as_map(), std::move(*part.as_map()));
  }
}

void merge_into(Map& record, Map part) {
  for (auto& [name, value] : part.members()) {
    Value* known = record.find(name);
    if (known == nullptr) {
      record.append(name, std::move(value));
    } else if (known->is_map() && value.is_map()) {
      merge_into(*known->as_map(), std::move(*value.as_map()));
    } else {
      *known = std::move(value);
    }
  }
}

}  // namespace tendril

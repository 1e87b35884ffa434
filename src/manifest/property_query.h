// PropertyQuery: which properties of a record a request asks for, where the API wants them named;
// in several requests, where it limits how many. Their answers are merged into one record.
// Source: manifest components "QueryProperties", "PropertyChunking", "PropertiesFromEndpoint",
// "JsonSchemaPropertySelector" and "GroupByKeyMergeStrategy".
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/result.h"
#include "data/value.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/tree_path.h"

namespace tendril {

struct DeclarativeStream;

// How a list of properties is divided.
struct PropertyGroups {
  std::vector<std::string> always = {};  // In every group.
  std::int64_t limit = 0;                // 0: there is one group.
  bool limits_characters = false;        // Else the number of properties.

  // Of `properties`, those in `selected` where that is given. As in the reference, a division
  // without a limit does not select.
  std::vector<std::vector<std::string>> divide(const std::vector<std::string>& properties,
                                               const std::optional<std::set<std::string>>& selected,
                                               bool divides) const;
};

// Threads: safe to share.
class PropertyQuery {
 public:
  ~PropertyQuery();

  // Returns null when the requester asks for no properties. `json_schema` is the stream's.
  // `environment` must outlive the result.
  // Errors: InvalidConfig and Unsupported with file, line and column.
  static Result<std::unique_ptr<const PropertyQuery>> compile(const Node& requester,
                                                              const Value& json_schema,
                                                              const Environment& environment);

  // The properties of each request of a page; at least one request. Asks the API for them, once,
  // where the manifest says so.
  Result<std::vector<std::vector<std::string>>> groups(std::stop_token stop) const;

  // The parameter of the query that takes them, with commas between; "" where templates do.
  const std::string& parameter() const { return parameter_; }

  // Records of one key are parts of one record.
  bool merges() const { return divides_; }

  // What tells a record from others; nullopt when it lacks a part of it.
  std::optional<std::string> merge_key(const Value& record) const;

 private:
  struct Endpoint;

  PropertyQuery() = default;
  Status compile_query(const Node& query, const Value& json_schema, const Environment& environment);
  Result<std::vector<std::string>> properties(std::stop_token stop) const;

  std::string parameter_;
  std::vector<std::string> listed_;
  std::unique_ptr<Endpoint> endpoint_;  // Null: they are listed.
  std::optional<std::set<std::string>> selected_;
  PropertyGroups groups_;
  bool divides_ = false;
  std::vector<std::string> key_;
};

// Records whose parts come one after another.
class MergedRecords {
 public:
  // Adds a part to the record of that key.
  void add(const std::string& key, Value part);

  // In the order of their first parts.
  std::vector<Value> take() { return std::move(records_); }

 private:
  std::vector<Value> records_;
  std::unordered_map<std::string, std::size_t> places_;
};

// Members that both have are merged where both are objects; else those of `part` count.
void merge_into(Map& record, Map part);

}  // namespace tendril

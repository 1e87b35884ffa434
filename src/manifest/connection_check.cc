#include "manifest/connection_check.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "manifest/slice_reader.h"
#include "manifest/slicer.h"
#include "manifest/stream_choice.h"

namespace tendril {
namespace {

constexpr std::string_view kReserved = "__airbyte";
constexpr std::string_view kStreamNames = "__airbyte_check_stream_names";

// Reads the first page of the first slice.
Status read_page(const ManifestStream& stream, const Environment& environment,
                 std::stop_token stop) {
  const StreamChoice choice = TRY(StreamChoice::compile(stream.node, environment));
  const auto slicer = TRY(Slicer::open(choice.whole(), environment, SlicerRequest()));
  const auto slice = TRY(slicer->next(stop));
  if (!slice) {
    return {};  // No parents, or an empty span of time: nothing stands against reading.
  }
  const auto range = TRY(slicer->time_range(slice->partition));
  SliceReader reader(choice.whole(), environment, *slice, range, Value());
  if (const auto page = slicer->first_page(slice->partition)) {
    reader.start_with(*page);
  }
  do {  // The first page of a job only says that the job is there.
    const bool fetched = TRY(reader.fetch(stop));
    if (!fetched) {
      return {};
    }
  } while (reader.wants_checkpoint());
  return reader.read_records(
      [](const Value&) { return Status(); },
      [](std::int64_t, std::string_view, std::string_view) { return Status(); });
}

class ConnectionCheck {
 public:
  ConnectionCheck(StreamSet& streams, const Environment& environment, std::stop_token stop)
      : streams_(streams), environment_(environment), stop_(std::move(stop)) {}

  Status check_named(const Node& check) {
    const std::vector<std::string> names = TRY(stream_names(check));
    for (const std::string& name : names) {
      const ManifestStream* stream = TRY(streams_.find(name, stop_));
      if (stream == nullptr) {
        return check.error("stream does not exist: " + name);
      }
      TRY(check_one(*stream));
    }
    const Node* dynamic = check.find("dynamic_streams_check_configs");
    for (const Node& config : dynamic == nullptr ? std::vector<Node>() : dynamic->items) {
      const std::string name = TRY(config.text("dynamic_stream_name"));
      const auto made = TRY(streams_.made_from(name, stop_));
      const auto all = static_cast<std::int64_t>(made.size());
      const std::int64_t count = TRY(config.integer_or("stream_count", all));
      TRY(check_first(made, count));
    }
    return {};
  }

  Status check_any(const Node& check) {
    const std::int64_t count = TRY(check.integer_or("stream_count", 0));
    const bool reads = TRY(check.flag_or("use_check_availability", true));
    const auto all = TRY(streams_.all(stop_));
    if (all.empty()) {
      return check.error("there are no streams to check");
    }
    return reads ? check_first(all, count) : Status();
  }

 private:
  // The platform may choose other streams.
  Result<std::vector<std::string>> stream_names(const Node& check) const {
    const Value* chosen = environment_.config.find(kStreamNames);
    const List* list = chosen == nullptr ? nullptr : chosen->as_list();
    if (chosen == nullptr || (list != nullptr && list->empty())) {
      return check.texts("stream_names");
    }
    std::vector<std::string> names;
    for (const Value& name : list == nullptr ? List{*chosen} : *list) {
      if (list == nullptr || !name.is_string()) {
        return Error{ErrorCode::InvalidConfig,
                     std::string(kStreamNames) + " must be a list of texts"};
      }
      names.push_back(*name.as_string());
    }
    return names;
  }

  Status check_first(const std::vector<const ManifestStream*>& streams, std::int64_t count) {
    for (const ManifestStream* stream : streams) {
      if (count-- <= 0) {
        break;
      }
      TRY(check_one(*stream));
    }
    return {};
  }

  Status check_one(const ManifestStream& stream) {
    if (Status status = read_page(stream, environment_, stop_); !status.ok()) {
      return std::move(status).error().while_doing("checking stream " + stream.name);
    }
    return {};
  }

  StreamSet& streams_;
  const Environment& environment_;
  const std::stop_token stop_;
};

}  // namespace

Status check_connection(const Node& check, StreamSet& streams, const Environment& environment,
                        std::stop_token stop) {
  ConnectionCheck connection(streams, environment, std::move(stop));
  return check.type() == "CheckDynamicStream" ? connection.check_any(check)
                                              : connection.check_named(check);
}

Result<Value> config_for_check(const Node& check, const Value& config) {
  Value checked = config;
  const Node* overrides = check.find("config_overrides");
  if (overrides == nullptr) {
    return checked;
  }
  for (const auto& [name, value] : overrides->members) {
    if (name.starts_with(kReserved)) {
      return overrides->error("belongs to the platform and can not be overridden: " + name);
    }
    checked.as_map()->set(name, to_value(value));
  }
  return checked;
}

}  // namespace tendril

#include "living_manifest.h"

namespace tendril {
namespace {

std::string option(const std::string& name) {
  return "{type: RequestOption, inject_into: request_parameter, field_name: " + name + "}";
}

std::string datetime_cursor(const std::string& more) {
  return "{type: DatetimeBasedCursor, cursor_field: updated_at, "
         "datetime_format: \"%Y-%m-%dT%H:%M:%SZ\", cursor_granularity: PT1S, "
         "start_datetime: \"2023-12-12T00:00:00Z\"" +
         more + "}";
}

std::string bounded(const std::string& more) {
  return datetime_cursor(", start_time_option: " + option("since") +
                         ", end_time_option: " + option("until") + more);
}

std::string adaptive() {
  return "{type: AdaptiveWindow, min_step: PT1H, cursor: " + bounded(", step: P5D") + "}";
}

// What the stream goes by, without an overlap around it.
std::string cursor_of(const ManifestChoices& choices) {
  switch (choices.way) {
    case Way::Whole: return bounded(", step: P40D");
    case Way::ClientSide: return datetime_cursor(", step: P40D, is_client_side_incremental: true");
    case Way::Feed: return datetime_cursor(", step: P40D, is_data_feed: true");
    case Way::Adaptive: return adaptive();
    case Way::Ids:
    case Way::IdRanges:
      return "{type: IdCursor, cursor_field: id, id_option: " + option("above") +
             ", page_size_option: " + option("limit") + ", page_sizes: [" +
             std::to_string(choices.page_size) + "]" +
             (choices.way == Way::Ids ? "" : ", range_size: 7, end_id_option: " + option("up_to")) +
             "}";
    case Way::Counting:
      return "{type: IncrementingCountCursor, cursor_field: seq, start_value: \"0\", "
             "start_value_option: " +
             option("from") + "}";
    default: return bounded(", step: P3D");
  }
}

std::string incremental_sync(const ManifestChoices& choices) {
  if (choices.way == Way::Full) {
    return "";
  }
  const bool counts =
      choices.way == Way::Ids || choices.way == Way::IdRanges || choices.way == Way::Counting;
  const std::string overlap = counts ? std::to_string(choices.overlap_numbers)
                                     : "PT" + std::to_string(choices.overlap_seconds) + "S";
  std::string cursor =
      "{type: Overlap, overlap: \"" + overlap + "\", cursor: " + cursor_of(choices) + "}";
  if (choices.way == Way::ReverseInParts) {
    cursor = "{type: NewestFirst, windows_per_run: 2, cursor: " + cursor + "}";
  }
  return ", incremental_sync: " + cursor;
}

std::string order_of(Way way) {
  switch (way) {
    case Way::ClientSide:
    case Way::Ids:
    case Way::IdRanges: return "id";
    case Way::Counting: return "seq";
    case Way::Feed: return "newest";
    default: return "time";
  }
}

std::string paginator(const ManifestChoices& choices) {
  const std::string size = std::to_string(choices.page_size);
  if (choices.way == Way::Ids || choices.way == Way::IdRanges) {
    return "";
  }
  const bool by_offset = choices.way == Way::ClientSide || choices.way == Way::Feed;
  const std::string strategy = by_offset ? "{type: OffsetIncrement, page_size: " + size + "}"
                                         : "{type: CursorPagination, page_size: " + size +
                                               ", cursor_value: \"{{ response['next'] }}\", "
                                               "stop_condition: \"{{ not response['next'] }}\"}";
  return ", paginator: {type: DefaultPaginator, page_token_option: " +
         option(by_offset ? "offset" : "after") + ", page_size_option: " + option("limit") +
         ", pagination_strategy: " + strategy + "}";
}

}  // namespace

std::string name_of(Way way) {
  constexpr const char* kNames[] = {
      "windows",  "whole", "client-side", "feed",      "reverse",  "reverse-in-parts",
      "adaptive", "teams", "ids",         "id-ranges", "counting", "full"};
  return kNames[static_cast<std::size_t>(way)];
}

std::string living_manifest(const ManifestChoices& choices) {
  const std::string router =
      choices.way == Way::Teams
          ? ", partition_router: {type: ListPartitionRouter, cursor_field: team, values: [\"0\", "
            "\"1\"], request_option: " +
                option("team") + "}"
          : "";
  return "version: 6.0.0\n"
         "type: DeclarativeSource\n"
         "check: {type: CheckStream, stream_names: [items]}\n"
         "streams:\n"
         "- {type: DeclarativeStream, name: items" +
         std::string(choices.keyed ? ", primary_key: id" : "") +
         (choices.way == Way::Reverse ? ", load_mode: reverse" : "") + incremental_sync(choices) +
         ", schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: "
         "{type: integer}, seq: {type: integer}, updated_at: {type: string}, value: {type: "
         "string}}}}, retriever: {type: SimpleRetriever, record_selector: {type: RecordSelector, "
         "extractor: {type: DpathExtractor, field_path: [items]}}, requester: {type: "
         "HttpRequester, url_base: \"{{ config['url'] }}\", path: items, request_parameters: "
         "{order: " +
         order_of(choices.way) + "}, error_handler: {type: DefaultErrorHandler, max_retries: 0}}" +
         paginator(choices) + router +
         "}}\n"
         "spec: {type: Spec, connection_specification: {type: object, properties: {}}}\n";
}

}  // namespace tendril

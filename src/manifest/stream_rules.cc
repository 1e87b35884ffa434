#include "manifest/stream_rules.h"

#include "manifest/response_rules.h"

namespace tendril {
namespace {

using enum FieldKind;

constexpr FieldRule kConditionalStreams[] = {
    required({"condition", Scalar}),
    required({"streams", Components, "DeclarativeStream", "DeclarativeStream"}),
};

constexpr FieldRule kStateDelegatingStream[] = {
    required({"name", Text}),
    required({"full_refresh_stream", Component, "DeclarativeStream", "DeclarativeStream"}),
    required({"incremental_stream", Component, "DeclarativeStream", "DeclarativeStream"}),
    {"api_retention_period", Text},
};

constexpr FieldRule kJsonFileSchemaLoader[] = {{"file_path", Text}};

constexpr FieldRule kDynamicSchemaLoader[] = {
    required({"retriever", Component, "SimpleRetriever", "SimpleRetriever"}),
    required({"schema_type_identifier", Component, "SchemaTypeIdentifier", "SchemaTypeIdentifier"}),
    {"schema_filter", Component, "RecordFilter", "RecordFilter"},
    {"schema_transformations", Components, kTransformations},
};

constexpr FieldRule kSchemaTypeIdentifier[] = {
    {"schema_pointer", Texts},
    required({"key_pointer", Texts}),
    {"type_pointer", Texts},
    {"types_mapping", Components, "TypesMap", "TypesMap"},
};

constexpr FieldRule kTypesMap[] = {
    required({"target_type", FreeForm}),
    required({"current_type", FreeForm}),
    {"condition", Scalar},
};

constexpr FieldRule kListPartitionRouter[] = {
    required({"cursor_field", Text}),
    required({"values", Any}),
    {"request_option", Component, "RequestOption", "RequestOption"},
};

constexpr FieldRule kSubstreamPartitionRouter[] = {
    required({"parent_stream_configs", Components, "ParentStreamConfig", "ParentStreamConfig"}),
};

constexpr FieldRule kParentStreamConfig[] = {
    required({"stream", Component, "DeclarativeStream StateDelegatingStream", "DeclarativeStream"}),
    required({"parent_key", Text}),
    required({"partition_field", Text}),
    {"request_option", Component, "RequestOption", "RequestOption"},
    {"incremental_dependency", Flag},
    {"extra_fields", Any},
    {"lazy_read_pointer", Texts},
};

constexpr FieldRule kGroupingPartitionRouter[] = {
    required({"group_size", Integer}),
    required({"underlying_partition_router", Component,
              "ListPartitionRouter SubstreamPartitionRouter UnionPartitionRouter"}),
    {"deduplicate", Flag},
};

constexpr FieldRule kUnionPartitionRouter[] = {
    required({"partition_field", Text}),
    required({"partition_routers", Components,
              "ListPartitionRouter SubstreamPartitionRouter UnionPartitionRouter"}),
};

constexpr FieldRule kDatetimeBasedCursor[] = {
    required({"cursor_field", Text}),
    required({"datetime_format", Text}),
    required({"start_datetime", ComponentOrText, "MinMaxDatetime", "MinMaxDatetime"}),
    {"end_datetime", ComponentOrText, "MinMaxDatetime", "MinMaxDatetime"},
    {"start_time_option", Component, "RequestOption", "RequestOption"},
    {"end_time_option", Component, "RequestOption", "RequestOption"},
    {"cursor_datetime_formats", Texts},
    {"cursor_granularity", Text},
    {"step", Text},
    {"lookback_window", Text},
    {"partition_field_start", Text},
    {"partition_field_end", Text},
    {"is_data_feed", Flag},
    {"is_client_side_incremental", Flag},
    {"is_compare_strictly", Flag},
    {"global_substream_cursor", Flag},
    {"allow_catalog_defined_cursor_field", Flag},
    {"incremental_cursor", Ignored},  // No word of the language; seen in the wild.
    {"clamping", FreeForm},
};

constexpr FieldRule kIncrementingCountCursor[] = {
    required({"cursor_field", Text}),
    {"start_value", Text},
    {"start_value_option", Component, "RequestOption", "RequestOption"},
    {"allow_catalog_defined_cursor_field", Flag},
};

constexpr FieldRule kMinMaxDatetime[] = {
    required({"datetime", Text}),
    {"datetime_format", Text},
    {"min_datetime", Text},
    {"max_datetime", Text},
};

constexpr ComponentRule kRules[] = {
    {"ComplexFieldType", {}},
    {"ConditionalStreams", kConditionalStreams},
    {"DatetimeBasedCursor", kDatetimeBasedCursor},
    {"DynamicSchemaLoader", kDynamicSchemaLoader},
    {"GroupingPartitionRouter", kGroupingPartitionRouter},
    {"IncrementingCountCursor", kIncrementingCountCursor},
    {"JsonFileSchemaLoader", kJsonFileSchemaLoader},
    {"LegacyToPerPartitionStateMigration", {}},
    {"ListPartitionRouter", kListPartitionRouter},
    {"MinMaxDatetime", kMinMaxDatetime},
    {"ParentStreamConfig", kParentStreamConfig},
    {"SchemaTypeIdentifier", kSchemaTypeIdentifier},
    {"StateDelegatingStream", kStateDelegatingStream},
    {"SubstreamPartitionRouter", kSubstreamPartitionRouter},
    {"TypesMap", kTypesMap},
    {"UnionPartitionRouter", kUnionPartitionRouter},
};

}  // namespace

std::span<const ComponentRule> stream_rules() { return kRules; }

}  // namespace tendril

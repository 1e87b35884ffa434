#include "manifest/response_rules.h"

namespace tendril {
namespace {

using enum FieldKind;

// Those that may stand inside an archive.
constexpr std::string_view kInnerDecoders =
    "JsonDecoder JsonItemsDecoder JsonlDecoder CsvDecoder GzipDecoder";
constexpr std::string_view kExtractors = "DpathExtractor CombinedExtractor";

constexpr std::string_view kDownloadExtractors =
    "DpathExtractor CombinedExtractor ResponseToFileExtractor";

constexpr FieldRule kRecordSelector[] = {
    required({"extractor", Component, kExtractors, "DpathExtractor"}),
    {"record_filter", Component, "RecordFilter", "RecordFilter"},
    {"schema_normalization", Choice, "None Default"},
    {"transform_before_filtering", Flag},
};

constexpr FieldRule kDpathExtractor[] = {
    required({"field_path", Texts}),
    {"record_expander", Component, "RecordExpander", "RecordExpander"},
};

constexpr FieldRule kCombinedExtractor[] = {
    required({"extractors", Components, kExtractors}),
    {"mode", Choice, "union first_match"},
    {"skip_empty_records", Flag},
};

constexpr FieldRule kRecordExpander[] = {
    required({"expand_records_from_field", Texts}),
    {"remain_original_record", Flag},
    {"on_no_records", Choice, "skip emit_parent"},
    {"parent_fields", Components, "ParentFieldPath", "ParentFieldPath"},
    {"merge_parent", Flag},
    {"truncation_indicator_path", Texts},
    {"truncated_list_retriever", Component, "SimpleRetriever", "SimpleRetriever"},
};

constexpr FieldRule kParentFieldPath[] = {
    required({"parent_path", Texts}),
    required({"record_path", Texts}),
};

constexpr FieldRule kRecordFilter[] = {{"condition", Scalar}};

constexpr FieldRule kAddFields[] = {
    required({"fields", Components, "AddedFieldDefinition", "AddedFieldDefinition"}),
    {"condition", Scalar},
};

constexpr FieldRule kAddedFieldDefinition[] = {
    required({"path", Texts}),
    required({"value", Scalar}),
    {"value_type", Choice, "string number integer boolean"},
};

constexpr FieldRule kRemoveFields[] = {
    required({"field_pointers", Any}),
    {"condition", Scalar},
};

constexpr FieldRule kKeysReplace[] = {
    required({"old", Text}),
    required({"new", Text}),
};

constexpr FieldRule kFlattenFields[] = {{"flatten_lists", Flag}};

constexpr FieldRule kKeyTransformation[] = {
    {"prefix", Text},
    {"suffix", Text},
};

constexpr FieldRule kDpathFlattenFields[] = {
    required({"field_path", Texts}),
    {"delete_origin_value", Flag},
    {"replace_record", Flag},
    {"key_transformation", Component, "KeyTransformation", "KeyTransformation"},
};

constexpr FieldRule kJsonItemsDecoder[] = {
    required({"items_path", Text}),
    {"encoding", Text},
};

constexpr FieldRule kCsvDecoder[] = {
    {"encoding", Text},
    {"delimiter", Text},
    {"set_values_to_none", Texts},
};

constexpr FieldRule kInnerDecoder[] = {required({"decoder", Component, kInnerDecoders})};

constexpr FieldRule kAsyncRetriever[] = {
    required({"record_selector", Component, "RecordSelector", "RecordSelector"}),
    required({"status_mapping", Component, "AsyncJobStatusMap", "AsyncJobStatusMap"}),
    required({"status_extractor", Component, kExtractors, "DpathExtractor"}),
    required({"creation_requester", Component, "HttpRequester", "HttpRequester"}),
    required({"polling_requester", Component, "HttpRequester", "HttpRequester"}),
    required({"download_requester", Component, "HttpRequester", "HttpRequester"}),
    {"download_target_extractor", Component, kExtractors, "DpathExtractor"},
    {"download_extractor", Component, kDownloadExtractors, "DpathExtractor"},
    {"polling_job_timeout", Scalar},
    {"failed_retry_wait_time_in_seconds", Scalar},
    {"download_target_requester", Component, "HttpRequester", "HttpRequester"},
    {"download_paginator", Component, "DefaultPaginator NoPagination", "NoPagination"},
    {"abort_requester", Component, "HttpRequester", "HttpRequester"},
    {"delete_requester", Component, "HttpRequester", "HttpRequester"},
    {"partition_router", OneOrMore,
     "ListPartitionRouter SubstreamPartitionRouter GroupingPartitionRouter UnionPartitionRouter"},
    {"decoder", Component, kDecoders},
    {"download_decoder", Component, kDecoders},
};

constexpr FieldRule kAsyncJobStatusMap[] = {
    required({"running", Texts}), required({"completed", Texts}),
    required({"failed", Texts}),  required({"timeout", Texts}),
    {"skipped", Texts},
};

constexpr FieldRule kResponseToFileExtractor[] = {{"preserve_na_values", Flag}};

constexpr FieldRule kQueryProperties[] = {
    required({"property_list", ComponentOrTexts, "PropertiesFromEndpoint"}),
    {"always_include_properties", Texts},
    {"property_chunking", Component, "PropertyChunking", "PropertyChunking"},
    {"property_selector", Component, "JsonSchemaPropertySelector", "JsonSchemaPropertySelector"},
};

constexpr FieldRule kPropertyChunking[] = {
    required({"property_limit_type", Choice, "characters property_count"}),
    {"property_limit", Integer},
    {"record_merge_strategy", Component, "GroupByKeyMergeStrategy", "GroupByKeyMergeStrategy"},
};

constexpr FieldRule kPropertiesFromEndpoint[] = {
    required({"property_field_path", Texts}),
    required({"retriever", Component, "SimpleRetriever", "SimpleRetriever"}),
};

constexpr FieldRule kJsonSchemaPropertySelector[] = {
    {"transformations", Components, kTransformations},
};

constexpr FieldRule kGroupByKeyMergeStrategy[] = {required({"key", Texts})};

constexpr FieldRule kFileUploader[] = {
    required({"requester", Component, "HttpRequester", "HttpRequester"}),
    required({"download_target_extractor", Component, kExtractors, "DpathExtractor"}),
    {"file_extractor", Ignored},  // The reference takes the whole body, too.
    {"filename_extractor", Text},
};

constexpr ComponentRule kRules[] = {
    {"FileUploader", kFileUploader},
    {"AddFields", kAddFields},
    {"AddedFieldDefinition", kAddedFieldDefinition},
    {"AsyncJobStatusMap", kAsyncJobStatusMap},
    {"AsyncRetriever", kAsyncRetriever},
    {"GroupByKeyMergeStrategy", kGroupByKeyMergeStrategy},
    {"JsonSchemaPropertySelector", kJsonSchemaPropertySelector},
    {"PropertiesFromEndpoint", kPropertiesFromEndpoint},
    {"PropertyChunking", kPropertyChunking},
    {"QueryProperties", kQueryProperties},
    {"ResponseToFileExtractor", kResponseToFileExtractor},
    {"CombinedExtractor", kCombinedExtractor},
    {"CsvDecoder", kCsvDecoder},
    {"DpathExtractor", kDpathExtractor},
    {"DpathFlattenFields", kDpathFlattenFields},
    {"FlattenFields", kFlattenFields},
    {"GzipDecoder", kInnerDecoder},
    {"IterableDecoder", {}},
    {"JsonDecoder", {}},
    {"JsonItemsDecoder", kJsonItemsDecoder},
    {"JsonlDecoder", {}},
    {"KeyTransformation", kKeyTransformation},
    {"KeysReplace", kKeysReplace},
    {"KeysToLower", {}},
    {"KeysToSnakeCase", {}},
    {"ParentFieldPath", kParentFieldPath},
    {"RecordExpander", kRecordExpander},
    {"RecordFilter", kRecordFilter},
    {"RecordSelector", kRecordSelector},
    {"RemoveFields", kRemoveFields},
    {"XmlDecoder", {}},
    {"ZipfileDecoder", kInnerDecoder},
};

}  // namespace

std::span<const ComponentRule> response_rules() { return kRules; }

}  // namespace tendril

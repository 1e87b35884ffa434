#include "manifest/component_rules.h"

#include <algorithm>
#include <array>

namespace tendril {
namespace {

using enum FieldKind;

// A field that every such component must have, by itself or by `$parameters`.
constexpr FieldRule required(FieldRule rule) {
  rule.required = true;
  return rule;
}

constexpr std::string_view kAuthenticators =
    "NoAuth ApiKeyAuthenticator BearerAuthenticator BasicHttpAuthenticator OAuthAuthenticator";
constexpr std::string_view kBackoffs =
    "ConstantBackoffStrategy ExponentialBackoffStrategy WaitTimeFromHeader WaitUntilTimeFromHeader";
constexpr std::string_view kErrorHandlers = "DefaultErrorHandler CompositeErrorHandler";

constexpr FieldRule kDeclarativeSource[] = {
    required({"check", Component, "CheckStream", "CheckStream"}),
    {"streams", Components, "DeclarativeStream", "DeclarativeStream"},
    {"spec", Component, "Spec", "Spec"},
    {"concurrency_level", Component, "ConcurrencyLevel", "ConcurrencyLevel"},
    {"version", Ignored},
    {"description", Ignored},
    {"metadata", Ignored},
    {"max_concurrent_async_job_count", Ignored},  // Of AsyncRetriever, which is refused.
    {"dynamic_streams", NotRun},
    {"api_budget", NotRun},
    {"stream_groups", NotRun},
};

constexpr FieldRule kSpec[] = {
    required({"connection_specification", FreeForm}),
    {"documentation_url", Text},
    {"advanced_auth", Ignored},
    {"config_normalization_rules", NotRun},
    // Leftovers of the protocol's message of the same name.
    {"documentationUrl", Ignored},
    {"changelog_url", Ignored},
    {"changelogUrl", Ignored},
    {"supportsIncremental", Ignored},
    {"supports_incremental", Ignored},
    {"supports_dbt", Ignored},
    {"supports_normalization", Ignored},
    {"supported_destination_sync_modes", Ignored},
};

constexpr FieldRule kCheckStream[] = {
    {"stream_names", Texts},
    {"dynamic_streams_check_configs", NotRun},
    {"config_overrides", NotRun},
};

constexpr FieldRule kConcurrencyLevel[] = {
    required({"default_concurrency", Scalar}),
    {"max_concurrency", Integer},
};

constexpr FieldRule kDeclarativeStream[] = {
    required({"retriever", Component, "SimpleRetriever", "SimpleRetriever"}),
    {"name", Text},
    {"primary_key", Any},
    {"incremental_sync", Component, "DatetimeBasedCursor"},
    {"schema_loader", OneOrMore, "InlineSchemaLoader", "JsonFileSchemaLoader"},
    {"transformations", Components, "AddFields RemoveFields"},
    {"state_migrations", Ignored},  // They rewrite state that other runtimes have kept.
    {"file_uploader", NotRun},
};

constexpr FieldRule kInlineSchemaLoader[] = {
    {"schema", FreeForm},
    {"additionalProperties", Ignored},  // A schema's word one level too high; seen in the wild.
};

constexpr FieldRule kSimpleRetriever[] = {
    required({"requester", Component, "HttpRequester", "HttpRequester"}),
    required({"record_selector", Component, "RecordSelector", "RecordSelector"}),
    {"decoder", Component, "JsonDecoder"},
    {"paginator", Component, "DefaultPaginator NoPagination", "NoPagination"},
    {"partition_router", OneOrMore, "ListPartitionRouter SubstreamPartitionRouter"},
    {"ignore_stream_slicer_parameters_on_paginated_requests", Flag},
    {"pagination_reset", NotRun},
};

constexpr FieldRule kHttpRequester[] = {
    {"url", Text},
    {"url_base", Text},
    {"path", Text},
    {"http_method", Choice, "GET POST"},
    {"authenticator", Component,
     "NoAuth ApiKeyAuthenticator BearerAuthenticator BasicHttpAuthenticator OAuthAuthenticator "
     "SelectiveAuthenticator"},
    {"request_parameters", Any},
    {"request_headers", Any},
    {"request_body_data", Any},
    {"request_body_json", Any},
    {"error_handler", Component, kErrorHandlers, "DefaultErrorHandler"},
    {"use_cache", Ignored},  // Saves requests of the reference; the records are the same.
    {"request_body", Component,
     "RequestBodyJsonObject RequestBodyGraphQL RequestBodyUrlEncodedForm RequestBodyPlainText"},
    {"query_properties", NotRun},
    {"fetch_properties_from_endpoint", NotRun},
};

constexpr FieldRule kRequestBody[] = {required({"value", Any})};

constexpr FieldRule kRequestOption[] = {
    required({"inject_into", Choice, "request_parameter header body_data body_json"}),
    {"field_name", Text},
    {"field_path", Texts},
};

constexpr FieldRule kDefaultPaginator[] = {
    required({"pagination_strategy", Component, "PageIncrement OffsetIncrement CursorPagination"}),
    {"page_size_option", Component, "RequestOption", "RequestOption"},
    {"page_token_option", Component, "RequestOption RequestPath"},
};

constexpr FieldRule kOffsetIncrement[] = {
    {"page_size", Scalar},
    {"inject_on_first_request", Flag},
};

constexpr FieldRule kPageIncrement[] = {
    {"page_size", Scalar},
    {"start_from_page", Integer},
    {"inject_on_first_request", Flag},
};

constexpr FieldRule kCursorPagination[] = {
    required({"cursor_value", Text}),
    {"page_size", Scalar},
    {"stop_condition", Scalar},
};

constexpr FieldRule kRecordSelector[] = {
    required({"extractor", Component, "DpathExtractor", "DpathExtractor"}),
    {"record_filter", Component, "RecordFilter", "RecordFilter"},
    {"schema_normalization", Choice, "None | Default"},
    {"transform_before_filtering", Flag},
};

constexpr FieldRule kDpathExtractor[] = {
    required({"field_path", Texts}),
    {"record_expander", NotRun},
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

constexpr FieldRule kApiKeyAuthenticator[] = {
    {"api_token", Text},
    {"header", Text},
    {"inject_into", Component, "RequestOption", "RequestOption"},
};

constexpr FieldRule kBearerAuthenticator[] = {required({"api_token", Text})};

constexpr FieldRule kBasicHttpAuthenticator[] = {
    required({"username", Text}),
    {"password", Text},
};

constexpr FieldRule kSelectiveAuthenticator[] = {
    required({"authenticator_selection_path", Texts}),
    required({"authenticators", NamedComponents, kAuthenticators}),
};

constexpr FieldRule kOAuthAuthenticator[] = {
    {"client_id_name", Text},
    {"client_id", Text},
    {"client_secret_name", Text},
    {"client_secret", Text},
    {"refresh_token_name", Text},
    {"refresh_token", Text},
    {"token_refresh_endpoint", Text},
    {"access_token_name", Text},
    {"access_token_value", Text},
    {"expires_in_name", Text},
    {"grant_type_name", Text},
    {"grant_type", Text},
    {"refresh_request_body", Any},
    {"refresh_request_headers", Any},
    {"send_refresh_request_as_query_params", Flag},
    {"scopes", Texts},
    {"token_expiry_date", Text},
    {"token_expiry_date_format", Text},
    // They choose the words of an error only.
    {"refresh_token_error_status_codes", Ignored},
    {"refresh_token_error_key", Ignored},
    {"refresh_token_error_values", Ignored},
    {"refresh_token_updater", Any},
    {"profile_assertion", NotRun},
    {"use_profile_assertion", NotRun},
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
    required({"stream", Component, "DeclarativeStream", "DeclarativeStream"}),
    required({"parent_key", Text}),
    required({"partition_field", Text}),
    {"request_option", Component, "RequestOption", "RequestOption"},
    {"incremental_dependency", Flag},
    {"extra_fields", Any},
    {"lazy_read_pointer", NotRun},
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
    {"allow_catalog_defined_cursor_field", Ignored},  // Our catalogue defines none.
    {"incremental_cursor", Ignored},                  // No word of the language; seen in the wild.
    {"clamping", NotRun},
};

constexpr FieldRule kMinMaxDatetime[] = {
    required({"datetime", Text}),
    {"datetime_format", Text},
    {"min_datetime", Text},
    {"max_datetime", Text},
};

constexpr FieldRule kDefaultErrorHandler[] = {
    {"response_filters", Components, "HttpResponseFilter", "HttpResponseFilter"},
    {"backoff_strategies", Components, kBackoffs},
    {"max_retries", Scalar},
};

constexpr FieldRule kCompositeErrorHandler[] = {
    required({"error_handlers", Components, kErrorHandlers, "DefaultErrorHandler"}),
};

constexpr FieldRule kHttpResponseFilter[] = {
    {"action", Choice,
     "SUCCESS FAIL RETRY IGNORE RATE_LIMITED | RESET_PAGINATION REFRESH_TOKEN_THEN_RETRY"},
    {"failure_type", Choice, "system_error config_error transient_error"},
    {"error_message", Text},
    {"error_message_contains", Text},
    {"http_codes", Integers},
    {"predicate", Scalar},
};

constexpr FieldRule kConstantBackoffStrategy[] = {
    required({"backoff_time_in_seconds", Scalar}),
    {"jitter_range_in_seconds", Number},
};

constexpr FieldRule kExponentialBackoffStrategy[] = {
    {"factor", Scalar},
    {"jitter_range_in_seconds", Number},
};

constexpr FieldRule kWaitTimeFromHeader[] = {
    required({"header", Text}),
    {"regex", Text},
    {"max_waiting_time_in_seconds", Scalar},
};

constexpr FieldRule kWaitUntilTimeFromHeader[] = {
    required({"header", Text}),
    {"regex", Text},
    {"min_wait", Scalar},
    {"max_waiting_time_in_seconds", Scalar},
};

constexpr ComponentRule kRun[] = {
    {"AddFields", kAddFields},
    {"AddedFieldDefinition", kAddedFieldDefinition},
    {"ApiKeyAuthenticator", kApiKeyAuthenticator},
    {"BasicHttpAuthenticator", kBasicHttpAuthenticator},
    {"BearerAuthenticator", kBearerAuthenticator},
    {"CheckStream", kCheckStream},
    {"CompositeErrorHandler", kCompositeErrorHandler},
    {"ConcurrencyLevel", kConcurrencyLevel},
    {"ConstantBackoffStrategy", kConstantBackoffStrategy},
    {"CursorPagination", kCursorPagination},
    {"DatetimeBasedCursor", kDatetimeBasedCursor},
    {"DeclarativeSource", kDeclarativeSource},
    {"DeclarativeStream", kDeclarativeStream},
    {"DefaultErrorHandler", kDefaultErrorHandler},
    {"DefaultPaginator", kDefaultPaginator},
    {"DpathExtractor", kDpathExtractor},
    {"ExponentialBackoffStrategy", kExponentialBackoffStrategy},
    {"HttpRequester", kHttpRequester},
    {"HttpResponseFilter", kHttpResponseFilter},
    {"InlineSchemaLoader", kInlineSchemaLoader},
    {"JsonDecoder", {}},
    {"ListPartitionRouter", kListPartitionRouter},
    {"MinMaxDatetime", kMinMaxDatetime},
    {"NoAuth", {}},
    {"NoPagination", {}},
    {"OAuthAuthenticator", kOAuthAuthenticator},
    {"OffsetIncrement", kOffsetIncrement},
    {"PageIncrement", kPageIncrement},
    {"ParentStreamConfig", kParentStreamConfig},
    {"RecordFilter", kRecordFilter},
    {"RecordSelector", kRecordSelector},
    {"RemoveFields", kRemoveFields},
    {"RequestBodyGraphQL", kRequestBody},
    {"RequestBodyJsonObject", kRequestBody},
    {"RequestBodyPlainText", kRequestBody},
    {"RequestBodyUrlEncodedForm", kRequestBody},
    {"RequestOption", kRequestOption},
    {"RequestPath", {}},
    {"SelectiveAuthenticator", kSelectiveAuthenticator},
    {"SimpleRetriever", kSimpleRetriever},
    {"Spec", kSpec},
    {"SubstreamPartitionRouter", kSubstreamPartitionRouter},
    {"WaitTimeFromHeader", kWaitTimeFromHeader},
    {"WaitUntilTimeFromHeader", kWaitUntilTimeFromHeader},
};

// Custom* components are in the language too, whatever follows the word; components.cc knows them.
constexpr std::string_view kNotRun[] = {
    "ApiKey",
    "AsyncJobStatusMap",
    "AsyncRetriever",
    "AuthFlow",
    "Bearer",
    "BlockSimultaneousSyncsAction",
    "CheckDynamicStream",
    "ComplexFieldType",
    "ComponentMappingDefinition",
    "ConditionalStreams",
    "ConfigAddFields",
    "ConfigComponentsResolver",
    "ConfigMigration",
    "ConfigNormalizationRules",
    "ConfigRemapField",
    "ConfigRemoveFields",
    "CsvDecoder",
    "DpathFlattenFields",
    "DpathValidator",
    "DynamicDeclarativeStream",
    "DynamicSchemaLoader",
    "DynamicStreamCheckConfig",
    "FileUploader",
    "FixedWindowCallRatePolicy",
    "FlattenFields",
    "GroupByKeyMergeStrategy",
    "GroupingPartitionRouter",
    "GzipDecoder",
    "HTTPAPIBudget",
    "HttpComponentsResolver",
    "HttpRequestRegexMatcher",
    "IncrementingCountCursor",
    "IterableDecoder",
    "JsonFileSchemaLoader",
    "JsonItemsDecoder",
    "JsonSchemaPropertySelector",
    "JsonlDecoder",
    "JwtAuthenticator",
    "JwtHeaders",
    "JwtPayload",
    "KeyTransformation",
    "KeysReplace",
    "KeysToLower",
    "KeysToSnakeCase",
    "LegacySessionTokenAuthenticator",
    "LegacyToPerPartitionStateMigration",
    "MovingWindowCallRatePolicy",
    "OAuthConfigSpecification",
    "PaginationReset",
    "PaginationResetLimits",
    "ParametrizedComponentsResolver",
    "PredicateValidator",
    "PropertiesFromEndpoint",
    "PropertyChunking",
    "QueryProperties",
    "QuotaStatusSource",
    "Rate",
    "RateLimitedMultipleTokenAuthenticator",
    "RecordExpander",
    "ResponseToFileExtractor",
    "SchemaTypeIdentifier",
    "SessionTokenAuthenticator",
    "StateDelegatingStream",
    "StreamConfig",
    "StreamGroup",
    "StreamParametersDefinition",
    "TokenQuota",
    "TypesMap",
    "UnionPartitionRouter",
    "UnlimitedCallRatePolicy",
    "ValidateAdheresToSchema",
    "XmlDecoder",
    "ZipfileDecoder",
};

}  // namespace

const FieldRule* ComponentRule::find(std::string_view field) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const FieldRule& rule) { return rule.name == field; });
  return found == fields.end() ? nullptr : &*found;
}

const ComponentRule* find_component(std::string_view name) {
  const auto found = std::find_if(std::begin(kRun), std::end(kRun),
                                  [&](const ComponentRule& rule) { return rule.name == name; });
  return found == std::end(kRun) ? nullptr : &*found;
}

std::span<const ComponentRule> run_components() { return kRun; }

bool is_language_component(std::string_view name) {
  return find_component(name) != nullptr ||
         std::find(std::begin(kNotRun), std::end(kNotRun), name) != std::end(kNotRun);
}

bool is_language_field(std::string_view name) {
  return std::any_of(std::begin(kRun), std::end(kRun),
                     [&](const ComponentRule& rule) { return rule.find(name) != nullptr; });
}

}  // namespace tendril

#include "manifest/component_rules.h"

#include <algorithm>
#include <vector>

#include "manifest/extension_rules.h"
#include "manifest/request_rules.h"
#include "manifest/response_rules.h"
#include "manifest/source_rules.h"
#include "manifest/stream_rules.h"

namespace tendril {
namespace {

using enum FieldKind;

constexpr std::string_view kBackoffs =
    "ConstantBackoffStrategy ExponentialBackoffStrategy WaitTimeFromHeader WaitUntilTimeFromHeader";
constexpr std::string_view kErrorHandlers = "DefaultErrorHandler CompositeErrorHandler";

constexpr FieldRule kDeclarativeSource[] = {
    required({"check", Component, "CheckStream CheckDynamicStream", "CheckStream"}),
    {"streams", Components, "DeclarativeStream ConditionalStreams StateDelegatingStream",
     "DeclarativeStream"},
    {"spec", Component, "Spec", "Spec"},
    {"concurrency_level", Component, "ConcurrencyLevel", "ConcurrencyLevel"},
    {"version", Ignored},
    {"description", Ignored},
    {"metadata", Ignored},
    {"max_concurrent_async_job_count", Scalar},
    {"dynamic_streams", Components, "DynamicDeclarativeStream", "DynamicDeclarativeStream"},
    {"api_budget", Component, "HTTPAPIBudget", "HTTPAPIBudget"},
    {"stream_groups", NamedComponents, "StreamGroup", "StreamGroup"},
};

constexpr FieldRule kSpec[] = {
    required({"connection_specification", FreeForm}),
    {"documentation_url", Text},
    {"advanced_auth", Ignored},
    {"config_normalization_rules", Component, "ConfigNormalizationRules",
     "ConfigNormalizationRules"},
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

constexpr FieldRule kConcurrencyLevel[] = {
    required({"default_concurrency", Scalar}),
    {"max_concurrency", Integer},
};

constexpr FieldRule kDeclarativeStream[] = {
    required({"retriever", Component, "SimpleRetriever AsyncRetriever", "SimpleRetriever"}),
    {"name", Text},
    {"primary_key", Any},
    {"incremental_sync", Component,
     "DatetimeBasedCursor IncrementingCountCursor NewestFirst AdaptiveWindow IdCursor Overlap"},
    {"schema_loader", OneOrMore, "InlineSchemaLoader JsonFileSchemaLoader DynamicSchemaLoader",
     "JsonFileSchemaLoader"},
    {"transformations", Components, kTransformations},
    {"state_migrations", Components, "LegacyToPerPartitionStateMigration"},
    {"file_uploader", Component, "FileUploader", "FileUploader"},
    // Our own; see is_extension().
    {"hydration", Component, "BatchHydration", "BatchHydration"},
    {"on_error", Choice, "stop continue"},
    {"load_mode", Choice, "full incremental reverse"},
};

constexpr FieldRule kInlineSchemaLoader[] = {
    {"schema", FreeForm},
    {"additionalProperties", Ignored},  // A schema's word one level too high; seen in the wild.
};

constexpr FieldRule kSimpleRetriever[] = {
    required({"requester", Component, "HttpRequester", "HttpRequester"}),
    required({"record_selector", Component, "RecordSelector", "RecordSelector"}),
    {"decoder", Component, kDecoders},
    {"paginator", Component, "DefaultPaginator NoPagination", "NoPagination"},
    {"partition_router", OneOrMore,
     "ListPartitionRouter SubstreamPartitionRouter GroupingPartitionRouter UnionPartitionRouter"},
    {"ignore_stream_slicer_parameters_on_paginated_requests", Flag},
    {"pagination_reset", Component, "PaginationReset", "PaginationReset"},
};

constexpr FieldRule kHttpRequester[] = {
    {"url", Text},
    {"url_base", Text},
    {"path", Text},
    {"http_method", Choice, "GET POST"},
    {"authenticator", Component, kAuthenticators},
    {"request_parameters", Parameters, "QueryProperties"},
    {"request_headers", Any},
    {"request_body_data", Any},
    {"request_body_json", Any},
    {"error_handler", Component, kErrorHandlers, "DefaultErrorHandler"},
    {"use_cache", Flag},
    {"request_body", Component,
     "RequestBodyJsonObject RequestBodyGraphQL RequestBodyUrlEncodedForm RequestBodyPlainText"},
    {"query_properties", Component, "QueryProperties", "QueryProperties"},
    {"fetch_properties_from_endpoint", Component, "PropertiesFromEndpoint"},
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
    {"profile_assertion", Component, "JwtAuthenticator", "JwtAuthenticator"},
    {"use_profile_assertion", Scalar},
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
     "SUCCESS FAIL RETRY IGNORE RATE_LIMITED RESET_PAGINATION REFRESH_TOKEN_THEN_RETRY"},
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

// Those whose fields are named here; see all_rules().
constexpr ComponentRule kHere[] = {
    {"ApiKeyAuthenticator", kApiKeyAuthenticator},
    {"BasicHttpAuthenticator", kBasicHttpAuthenticator},
    {"BearerAuthenticator", kBearerAuthenticator},
    {"CompositeErrorHandler", kCompositeErrorHandler},
    {"ConcurrencyLevel", kConcurrencyLevel},
    {"ConstantBackoffStrategy", kConstantBackoffStrategy},
    {"CursorPagination", kCursorPagination},
    {"DeclarativeSource", kDeclarativeSource},
    {"DeclarativeStream", kDeclarativeStream},
    {"DefaultErrorHandler", kDefaultErrorHandler},
    {"DefaultPaginator", kDefaultPaginator},
    {"ExponentialBackoffStrategy", kExponentialBackoffStrategy},
    {"HttpRequester", kHttpRequester},
    {"HttpResponseFilter", kHttpResponseFilter},
    {"InlineSchemaLoader", kInlineSchemaLoader},
    {"NoAuth", {}},
    {"NoPagination", {}},
    {"OAuthAuthenticator", kOAuthAuthenticator},
    {"OffsetIncrement", kOffsetIncrement},
    {"PageIncrement", kPageIncrement},
    {"RequestBodyGraphQL", kRequestBody},
    {"RequestBodyJsonObject", kRequestBody},
    {"RequestBodyPlainText", kRequestBody},
    {"RequestBodyUrlEncodedForm", kRequestBody},
    {"RequestOption", kRequestOption},
    {"RequestPath", {}},
    {"SelectiveAuthenticator", kSelectiveAuthenticator},
    {"SimpleRetriever", kSimpleRetriever},
    {"Spec", kSpec},
    {"WaitTimeFromHeader", kWaitTimeFromHeader},
    {"WaitUntilTimeFromHeader", kWaitUntilTimeFromHeader},
};

// Custom* components are in the language too, whatever follows the word; components.cc knows them.
constexpr std::string_view kNotRun[] = {
    "AuthFlow",
    "JwtHeaders",
    "JwtPayload",
    "OAuthConfigSpecification",
};

std::vector<ComponentRule> all_rules() {
  std::vector<ComponentRule> rules(std::begin(kHere), std::end(kHere));
  for (const std::span<const ComponentRule> more :
       {request_rules(), response_rules(), stream_rules(), source_rules(), extension_rules()}) {
    rules.insert(rules.end(), more.begin(), more.end());
  }
  return rules;
}

}  // namespace

const FieldRule* ComponentRule::find(std::string_view field) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const FieldRule& rule) { return rule.name == field; });
  return found == fields.end() ? nullptr : &*found;
}

const ComponentRule* find_component(std::string_view name) {
  const std::span<const ComponentRule> rules = run_components();
  const auto found = std::find_if(rules.begin(), rules.end(),
                                  [&](const ComponentRule& rule) { return rule.name == name; });
  return found == rules.end() ? nullptr : &*found;
}

std::span<const ComponentRule> run_components() {
  static const std::vector<ComponentRule> rules = all_rules();
  return rules;
}

bool is_language_component(std::string_view name) {
  return find_component(name) != nullptr ||
         std::find(std::begin(kNotRun), std::end(kNotRun), name) != std::end(kNotRun);
}

}  // namespace tendril

#include "manifest/request_rules.h"

namespace tendril {
namespace {

using enum FieldKind;

constexpr std::string_view kRatePolicies =
    "FixedWindowCallRatePolicy MovingWindowCallRatePolicy UnlimitedCallRatePolicy";

constexpr FieldRule kJwtAuthenticator[] = {
    required({"secret_key", Text}),
    required({"algorithm", Choice,
              "HS256 HS384 HS512 ES256 ES256K ES384 ES512 RS256 RS384 RS512 PS256 PS384 PS512 "
              "EdDSA"}),
    {"base64_encode_secret_key", Scalar},
    {"token_duration", Integer},
    {"header_prefix", Text},
    {"jwt_headers", Any},
    {"additional_jwt_headers", Any},
    {"jwt_payload", Any},
    {"additional_jwt_payload", Any},
    {"passphrase", Text},
    {"request_option", Component, "RequestOption", "RequestOption"},
};

constexpr FieldRule kSessionTokenAuthenticator[] = {
    required({"login_requester", Component, "HttpRequester", "HttpRequester"}),
    required({"session_token_path", Texts}),
    required({"request_authentication", Component, "ApiKey Bearer"}),
    {"expiration_duration", Text},
    {"decoder", Component, "JsonDecoder"},
};

constexpr FieldRule kApiKey[] = {
    required({"inject_into", Component, "RequestOption", "RequestOption"}),
    {"api_token", Text},
};

constexpr FieldRule kLegacySessionTokenAuthenticator[] = {
    required({"header", Text}),
    required({"login_url", Text}),
    required({"session_token_response_key", Text}),
    required({"validate_session_url", Text}),
    {"session_token", Text},
    {"username", Text},
    {"password", Text},
};

constexpr FieldRule kRateLimitedMultipleTokenAuthenticator[] = {
    required({"tokens", Any}),
    required({"quota_status_source", Component, "QuotaStatusSource", "QuotaStatusSource"}),
    required({"quotas", Components, "TokenQuota", "TokenQuota"}),
    {"token_delimiter", Text},
    {"auth_method", Text},
    {"header", Text},
    {"max_wait_time", Text},
    {"budget_reserve_fraction", Number},
    {"budget_min_reserve", Integer},
};

constexpr FieldRule kQuotaStatusSource[] = {
    required({"url", Text}),
    {"http_method", Choice, "GET POST"},
    {"request_headers", Any},
    {"unavailable_status_codes", Integers},
};

constexpr FieldRule kTokenQuota[] = {
    required({"name", Text}),
    required({"remaining_path", Texts}),
    required({"reset_path", Texts}),
    {"limit_path", Texts},
    {"matchers", Components, "HttpRequestRegexMatcher", "HttpRequestRegexMatcher"},
    {"remaining_header", Text},
    {"reset_header", Text},
    {"limit_header", Text},
    {"exhaustion_status_codes", Integers},
};

constexpr FieldRule kHttpApiBudget[] = {
    required({"policies", Components, kRatePolicies}),
    {"ratelimit_reset_header", Text},
    {"ratelimit_remaining_header", Text},
    {"status_codes_for_ratelimit_hit", Integers},
};

constexpr FieldRule kFixedWindowCallRatePolicy[] = {
    required({"period", Text}),
    required({"call_limit", Scalar}),
    required({"matchers", Components, "HttpRequestRegexMatcher", "HttpRequestRegexMatcher"}),
};

constexpr FieldRule kMovingWindowCallRatePolicy[] = {
    required({"rates", Components, "Rate", "Rate"}),
    required({"matchers", Components, "HttpRequestRegexMatcher", "HttpRequestRegexMatcher"}),
};

constexpr FieldRule kUnlimitedCallRatePolicy[] = {
    required({"matchers", Components, "HttpRequestRegexMatcher", "HttpRequestRegexMatcher"}),
};

constexpr FieldRule kRate[] = {
    required({"limit", Scalar}),
    required({"interval", Text}),
};

constexpr FieldRule kHttpRequestRegexMatcher[] = {
    {"method", Text}, {"url_base", Text}, {"url_path_pattern", Text},
    {"params", Any},  {"headers", Any},   {"weight", Scalar},
};

constexpr FieldRule kPaginationReset[] = {
    required({"action", Choice, "RESET SPLIT_USING_CURSOR"}),
    {"limits", Component, "PaginationResetLimits", "PaginationResetLimits"},
};

constexpr FieldRule kPaginationResetLimits[] = {{"number_of_records", Integer}};

constexpr ComponentRule kRules[] = {
    {"ApiKey", kApiKey},
    {"Bearer", {}},
    {"FixedWindowCallRatePolicy", kFixedWindowCallRatePolicy},
    {"HTTPAPIBudget", kHttpApiBudget},
    {"HttpRequestRegexMatcher", kHttpRequestRegexMatcher},
    {"JwtAuthenticator", kJwtAuthenticator},
    {"LegacySessionTokenAuthenticator", kLegacySessionTokenAuthenticator},
    {"MovingWindowCallRatePolicy", kMovingWindowCallRatePolicy},
    {"PaginationReset", kPaginationReset},
    {"PaginationResetLimits", kPaginationResetLimits},
    {"QuotaStatusSource", kQuotaStatusSource},
    {"Rate", kRate},
    {"RateLimitedMultipleTokenAuthenticator", kRateLimitedMultipleTokenAuthenticator},
    {"SessionTokenAuthenticator", kSessionTokenAuthenticator},
    {"TokenQuota", kTokenQuota},
    {"UnlimitedCallRatePolicy", kUnlimitedCallRatePolicy},
};

}  // namespace

std::span<const ComponentRule> request_rules() { return kRules; }

}  // namespace tendril

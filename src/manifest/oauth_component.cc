#include "manifest/oauth_component.h"

#include <charconv>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "data/instant.h"
#include "data/json.h"
#include "manifest/jwt_component.h"
#include "manifest/template_field.h"
#include "manifest/template_text.h"

namespace tendril {
namespace {

// JSON pointers of the settings that hold tokens; "" for one that is not kept.
struct TokenPlaces {
  std::string access_token;
  std::string refresh_token;
  std::string expiry;
};

// Reads fields of one OAuthAuthenticator.
class Reader {
 public:
  Reader(const Node& node, const AuthenticationContext& context) : node_(node), context_(context) {}

  Result<std::string> text(std::string_view key, std::string otherwise = "") const {
    if (node_.find(key) == nullptr) {
      return otherwise;
    }
    return evaluate_text(node_, key, context_.config, context_.clock);
  }

  Result<Secret> secret(std::string_view key) const {
    std::string plain = TRY(text(key));
    Secret secret(std::move(plain));
    context_.redactor.add(secret);
    return secret;
  }

  // The members of a mapping, evaluated.
  Result<std::vector<std::pair<std::string, std::string>>> fields(std::string_view key) const {
    std::vector<std::pair<std::string, std::string>> result;
    const Node* mapping = node_.find(key);
    if (mapping == nullptr) {
      return result;
    }
    Context context = context_with(context_.config, context_.clock);
    for (const auto& [name, field] : mapping->members) {
      if (name.starts_with('$')) {
        continue;
      }
      const TemplateField expression = TRY(TemplateField::compile(node_, field));
      std::string value = TRY(expression.text(context));
      if (mentions(expression.source(), "config")) {
        context_.redactor.add(Secret(value));
      }
      result.emplace_back(name, std::move(value));
    }
    return result;
  }

 private:
  const Node& node_;
  const AuthenticationContext& context_;
};

std::string pointer_of(const std::vector<std::string>& path) {
  std::string pointer;
  for (const std::string& name : path) {
    pointer += '/';
    for (const char c : name) {
      pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
  }
  return pointer;
}

// The setting that a template like "{{ config['a']['b'] }}" reads; "" for any other.
std::string pointer_in(const Node& node, std::string_view key) {
  const Node* field = node.find(key);
  const std::string* source = field == nullptr ? nullptr : field->scalar.as_string();
  const auto paths = source == nullptr ? std::vector<std::vector<std::string>>()
                                       : constant_paths(*source, "config");
  return paths.size() == 1 ? pointer_of(paths.front()) : "";
}

// The setting that holds a token which the authenticator keeps itself; "" when it is not there.
std::string kept(const std::string& pointer, const AuthenticationContext& context) {
  const Value* value = pointer.empty() ? nullptr : find_pointer(context.config, pointer);
  return value == nullptr ? "" : plain_text(*value);
}

Result<TokenPlaces> token_places(const Node& node) {
  TokenPlaces places;
  const Node* updater = node.find("refresh_token_updater");
  if (updater == nullptr) {
    places.refresh_token = pointer_in(node, "refresh_token");
    return places;
  }
  const auto path_or = [&](std::string_view key, const char* name) -> Result<std::string> {
    if (updater->find(key) == nullptr) {
      return pointer_of({"credentials", name});
    }
    const std::vector<std::string> path = TRY(updater->texts(key));
    return pointer_of(path);
  };
  places.access_token = TRY(path_or("access_token_config_path", "access_token"));
  places.refresh_token = TRY(path_or("refresh_token_config_path", "refresh_token"));
  places.expiry = TRY(path_or("token_expiry_date_config_path", "token_expiry_date"));
  return places;
}

// Keeps renewed tokens in the configuration.
class ConfigTokenSaver {
 public:
  ConfigTokenSaver(TokenPlaces places, std::string last_refresh_token, const ConfigSaver& save)
      : places_(std::move(places)),
        last_refresh_token_(std::move(last_refresh_token)),
        save_(&save) {}

  Status operator()(const OAuthTokens& tokens) {
    if (!*save_) {
      return {};
    }
    const std::string& refresh_token = tokens.refresh_token.reveal();
    if (!places_.refresh_token.empty() && !refresh_token.empty() &&
        refresh_token != last_refresh_token_) {
      TRY((*save_)(places_.refresh_token, refresh_token));
      last_refresh_token_ = refresh_token;
    }
    if (!places_.access_token.empty()) {
      TRY((*save_)(places_.access_token, tokens.access_token.reveal()));
    }
    if (!places_.expiry.empty() && tokens.expires_at) {
      TRY((*save_)(places_.expiry, to_iso(*tokens.expires_at)));
    }
    return {};
  }

 private:
  TokenPlaces places_;
  std::string last_refresh_token_;
  const ConfigSaver* save_;
};

// The credentials of the client; without a field they are where the language keeps them.
Status read_client(const Node& node, const Reader& reader, const AuthenticationContext& context,
                   OAuthOptions& options) {
  options.client_id_name = TRY(reader.text("client_id_name", "client_id"));
  options.client_id = TRY(reader.text("client_id"));
  options.client_secret_name = TRY(reader.text("client_secret_name", "client_secret"));
  options.client_secret = TRY(reader.secret("client_secret"));
  if (node.find("refresh_token_updater") == nullptr) {
    return {};
  }
  if (node.find("client_id") == nullptr) {
    options.client_id = kept(pointer_of({"credentials", "client_id"}), context);
  }
  if (node.find("client_secret") == nullptr) {
    options.client_secret = Secret(kept(pointer_of({"credentials", "client_secret"}), context));
    context.redactor.add(options.client_secret);
  }
  return {};
}

Status read_request(const Node& node, const Reader& reader, OAuthOptions& options) {
  options.token_url = TRY(reader.text("token_refresh_endpoint"));
  options.access_token_name = TRY(reader.text("access_token_name", "access_token"));
  options.expires_in_name = TRY(reader.text("expires_in_name", "expires_in"));
  options.in_query = TRY(node.flag_or("send_refresh_request_as_query_params", false));
  // The reference's spelling, which servers of these manifests know: a field for each scope.
  const std::vector<std::string> scopes = TRY(node.texts("scopes"));
  for (const std::string& scope : scopes) {
    options.extra_parameters.emplace_back("scopes", scope);
  }
  auto extra = TRY(reader.fields("refresh_request_body"));
  for (auto& field : extra) {
    if (scopes.empty() || field.first != "scopes") {
      options.extra_parameters.push_back(std::move(field));
    }
  }
  const auto headers = TRY(reader.fields("refresh_request_headers"));
  for (const auto& [name, value] : headers) {
    options.extra_headers.set(name, value);
  }
  if (options.extra_headers.find("Authorization")) {
    // Some servers refuse credentials in two places.
    options.client_id_name.clear();
    options.client_secret_name.clear();
  }
  const auto content_type = options.extra_headers.find("Content-Type");
  if (content_type && content_type->find("json") != std::string_view::npos) {
    options.body_format = OAuthOptions::BodyFormat::Json;
  }
  return {};
}

// How a token is asked for: with a refresh token, an assertion, or the client's credentials alone.
Status read_grant(const Node& node, const Reader& reader, const AuthenticationContext& context,
                  OAuthOptions& options) {
  options.grant_type_name = TRY(reader.text("grant_type_name", "grant_type"));
  options.grant_type = TRY(reader.text("grant_type"));
  const std::string asserts = TRY(reader.text("use_profile_assertion"));
  const bool has_grant = !options.grant_type.empty() && options.grant_type != "refresh_token";
  options.grant = has_grant && options.refresh_token.empty()
                      ? OAuthOptions::Grant::ClientCredentials
                      : OAuthOptions::Grant::RefreshToken;
  if (asserts != "True" && asserts != "true") {
    return {};
  }
  const Node* assertion = TRY(node.required("profile_assertion"));
  options.grant = OAuthOptions::Grant::ClientCredentials;
  options.grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer";
  JwtSource source = TRY(JwtSource::compile(*assertion, context));
  // Shared by the copies of the options.
  const auto shared = std::make_shared<const JwtSource>(std::move(source));
  options.assertion = [shared] { return shared->token(); };
  return {};
}

// The tokens that are known already, and until when the one for access is good.
Status read_tokens(const Node& node, const Reader& reader, const AuthenticationContext& context,
                   const TokenPlaces& places, OAuthOptions& options) {
  options.refresh_token_name = TRY(reader.text("refresh_token_name", "refresh_token"));
  options.refresh_token = TRY(reader.secret("refresh_token"));
  // What the manifest says is sent as it stands: some servers want an empty one.
  options.sends_any_refresh_token = node.find("refresh_token") != nullptr;
  options.access_token = TRY(reader.secret("access_token_value"));
  std::string expiry = TRY(reader.text("token_expiry_date"));
  if (const Node* updater = node.find("refresh_token_updater")) {
    options.refresh_token_name = TRY(updater->text_or("refresh_token_name", "refresh_token"));
    options.new_refresh_token_name = options.refresh_token_name;
    const auto take = [&](const std::string& pointer, Secret& secret) {
      if (std::string text = kept(pointer, context); !text.empty()) {
        secret = Secret(std::move(text));
        context.redactor.add(secret);
      }
    };
    take(places.refresh_token, options.refresh_token);
    take(places.access_token, options.access_token);
    const std::string kept_expiry = kept(places.expiry, context);
    expiry = kept_expiry.empty() ? expiry : kept_expiry;
  }
  if (expiry.empty()) {
    // Of a token that is renewed and kept nobody knows how old it is: it counts as expired.
    if (node.find("refresh_token_updater") != nullptr && !options.access_token.empty()) {
      options.expires_at = instant_from_micros(0);
    }
    return {};
  }
  double seconds = 0;  // A Unix time, as the reference takes one.
  const auto [end, fault] = std::from_chars(expiry.data(), expiry.data() + expiry.size(), seconds);
  if (fault == std::errc() && end == expiry.data() + expiry.size() && std::abs(seconds) < 1e12) {
    options.expires_at = instant_from_micros(static_cast<std::int64_t>(seconds * 1e6));
    return {};
  }
  const std::string format = TRY(node.text_or("token_expiry_date_format", ""));
  auto expires_at = parse_datetime(expiry);
  if (!expires_at.ok() && !format.empty()) {
    expires_at = parse_datetime(expiry, format);
  }
  if (!expires_at.ok()) {
    return node.error("token_expiry_date: " + expires_at.error().message);
  }
  options.expires_at = expires_at->instant;
  return {};
}

}  // namespace

Result<std::unique_ptr<Authenticator>> oauth_of(const Node& node,
                                                const AuthenticationContext& context) {
  const Reader reader(node, context);
  TokenPlaces places = TRY(token_places(node));
  OAuthOptions options;
  TRY(read_client(node, reader, context, options));
  TRY(read_request(node, reader, options));
  TRY(read_tokens(node, reader, context, places, options));
  TRY(read_grant(node, reader, context, options));
  if (options.token_url.empty()) {
    // A token that lasts for ever needs no address to renew it.
    return options.access_token.empty()
               ? Result<std::unique_ptr<Authenticator>>(
                     node.error("token_refresh_endpoint or access_token_value is missing"))
               : bearer(std::move(options.access_token));
  }
  TokenSaver save =
      ConfigTokenSaver(std::move(places), options.refresh_token.reveal(), context.save);
  return oauth(std::move(options), context.transport, context.clock, context.redactor,
               std::move(save));
}

}  // namespace tendril

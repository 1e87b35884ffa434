#include "manifest/oauth_component.h"

#include <string>
#include <utility>
#include <vector>

#include "data/instant.h"
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

Status read_client(const Reader& reader, OAuthOptions& options) {
  options.token_url = TRY(reader.text("token_refresh_endpoint"));
  options.grant_type = TRY(reader.text("grant_type"));
  options.client_id_name = TRY(reader.text("client_id_name", "client_id"));
  options.client_id = TRY(reader.text("client_id"));
  options.client_secret_name = TRY(reader.text("client_secret_name", "client_secret"));
  options.client_secret = TRY(reader.secret("client_secret"));
  options.refresh_token_name = TRY(reader.text("refresh_token_name", "refresh_token"));
  options.refresh_token = TRY(reader.secret("refresh_token"));
  options.access_token_name = TRY(reader.text("access_token_name", "access_token"));
  options.expires_in_name = TRY(reader.text("expires_in_name", "expires_in"));
  options.extra_parameters = TRY(reader.fields("refresh_request_body"));
  const auto headers = TRY(reader.fields("refresh_request_headers"));
  for (const auto& [name, value] : headers) {
    options.extra_headers.set(name, value);
  }
  const auto content_type = options.extra_headers.find("Content-Type");
  if (content_type && content_type->find("json") != std::string_view::npos) {
    options.body_format = OAuthOptions::BodyFormat::Json;
  }
  const bool has_grant = !options.grant_type.empty() && options.grant_type != "refresh_token";
  options.grant = has_grant && options.refresh_token.empty()
                      ? OAuthOptions::Grant::ClientCredentials
                      : OAuthOptions::Grant::RefreshToken;
  return {};
}

// The access token that the configuration holds already, and until when it is good.
Status read_known_token(const Node& node, const Reader& reader, OAuthOptions& options) {
  options.access_token = TRY(reader.secret("access_token_value"));
  const std::string expiry = TRY(reader.text("token_expiry_date"));
  if (expiry.empty()) {
    return {};
  }
  const std::string format = TRY(node.text_or("token_expiry_date_format", ""));
  auto expires_at = format.empty() ? parse_datetime(expiry) : parse_datetime(expiry, format);
  if (!expires_at.ok()) {
    return node.find("token_expiry_date")->error(expires_at.error().message);
  }
  options.expires_at = expires_at->instant;
  return {};
}

}  // namespace

Result<std::unique_ptr<Authenticator>> oauth_of(const Node& node,
                                                const AuthenticationContext& context) {
  const bool in_query = TRY(node.flag_or("send_refresh_request_as_query_params", false));
  const std::string grant_name = TRY(node.text_or("grant_type_name", "grant_type"));
  const bool asserts = TRY(node.flag_or("use_profile_assertion", false));
  if (in_query || asserts || grant_name != "grant_type") {
    return node.error(
        "send_refresh_request_as_query_params, use_profile_assertion and grant_type_name are not "
        "supported",
        ErrorCode::Unsupported);
  }
  const Reader reader(node, context);
  OAuthOptions options;
  TRY(read_client(reader, options));
  TRY(read_known_token(node, reader, options));
  options.scopes = TRY(node.texts("scopes"));
  if (options.token_url.empty()) {
    // A token that lasts for ever needs no address to renew it.
    return options.access_token.empty()
               ? Result<std::unique_ptr<Authenticator>>(
                     node.error("token_refresh_endpoint or access_token_value is missing"))
               : bearer(std::move(options.access_token));
  }
  TokenPlaces places = TRY(token_places(node));
  TokenSaver save =
      ConfigTokenSaver(std::move(places), options.refresh_token.reveal(), context.save);
  return oauth(std::move(options), context.transport, context.clock, context.redactor,
               std::move(save));
}

}  // namespace tendril

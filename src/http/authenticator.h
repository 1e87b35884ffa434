// Authenticator: puts credentials on a request and knows when to renew them (P2).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "core/secret.h"
#include "http/message.h"
#include "http/transport.h"

namespace tendril {

// Threads: safe to share.
class Authenticator {
 public:
  virtual ~Authenticator() = default;

  // Adds the credentials, renewing them first when they are about to expire.
  // Errors: Unauthenticated when the vendor refuses to renew (400, 401, 403);
  //   Unavailable for a network fault while renewing (requirement I5).
  virtual Status authorize(Request& request, std::stop_token stop) = 0;

  // Called when the server answered 401 to `refused`, which authorize() made. Returns true when
  // renewed credentials are worth one more try; they are not renewed again when another thread
  // has done so since.
  // Errors: as authorize().
  virtual Result<bool> renew_after_refusal(const Request& refused, std::stop_token stop) = 0;

  // True when quotas belong to one of several credentials, so that the client as a whole has none.
  virtual bool keeps_quotas() const { return false; }
  // Learns from an answer to `sent`, which authorize() made.
  virtual void observe(const Request& /*sent*/, const Response& /*response*/) {}
  // True when the quota of the credentials in `refused` is spent, and others may be used at once.
  virtual bool has_others(const Request& /*refused*/) const { return false; }

  // Blanks the credentials in a text that is about to leave the program.
  virtual std::string redact(std::string text) const { return text; }
};

std::unique_ptr<Authenticator> no_authentication();

enum class Placement { Header, Query, FormBody, JsonBody };

// Where in a request a credential goes.
struct CredentialPlace {
  Placement placement = Placement::Header;
  std::vector<std::string> path = {"Authorization"};  // One name, but for a JSON body.
};
// Errors: InvalidConfig when the body is no JSON object but should be one.
Status put_credential(Request& request, const CredentialPlace& place, std::string_view value);
// Returns true when the request carries that value there.
bool carries(const Request& request, const CredentialPlace& place, std::string_view value);

std::unique_ptr<Authenticator> api_key(CredentialPlace place, Secret value);
// `value` goes where `placement` says, under `name`.
std::unique_ptr<Authenticator> api_key(Placement placement, std::string name, Secret value);

// "Authorization: Bearer <token>".
std::unique_ptr<Authenticator> bearer(Secret token);

// Source: RFC 7617.
std::unique_ptr<Authenticator> basic(const std::string& username, const Secret& password);

// OAuth 2.0 access tokens by refresh token, client credentials or assertion.
// Source: RFC 6749 sections 4.4 and 6; RFC 7523.
struct OAuthOptions {
  enum class Grant { RefreshToken, ClientCredentials };
  enum class BodyFormat { Form, Json };

  Grant grant = Grant::RefreshToken;
  std::string token_url = {};
  std::string grant_type = {};  // Empty: as `grant` says; vendors invent others.
  std::string grant_type_name = "grant_type";
  // Empty names are not sent.
  std::string client_id_name = "client_id";
  std::string client_id = {};
  std::string client_secret_name = "client_secret";
  Secret client_secret = Secret();
  std::string refresh_token_name = "refresh_token";
  Secret refresh_token = Secret();
  bool sends_any_refresh_token = false;  // An empty one, too, and whatever the grant.
  std::vector<std::string> scopes = {};
  // A name may stand here more than once; one of the parameters above goes before one of these.
  std::vector<std::pair<std::string, std::string>> extra_parameters = {};
  Headers extra_headers = {};
  // Makes the proof that is sent instead of client and refresh token, where it is set.
  // Source: RFC 7523 section 2.1.
  std::function<Result<Secret>()> assertion = {};
  bool in_query = false;  // The parameters go into the URL, and the body is empty.
  BodyFormat body_format = BodyFormat::Form;
  // Members of the answer, at its top or nested. The expiry may be seconds (a number or text), a
  // Unix time or a date.
  std::string access_token_name = "access_token";
  std::string expires_in_name = "expires_in";
  std::string new_refresh_token_name = "refresh_token";
  // What to put on requests: "Authorization: Bearer <token>" unless told otherwise.
  std::string header_name = "Authorization";
  std::string header_prefix = "Bearer ";
  // A token that is known already, and until when it is good.
  Secret access_token = Secret();
  std::optional<Clock::Wall> expires_at = std::nullopt;
};

struct OAuthTokens {
  Secret access_token;
  std::optional<Clock::Wall> expires_at;
  Secret refresh_token;  // The one to use next time: the new one, or the old when none came.
};

// Called with new tokens before the access token is used for the first time, so that a rotated
// refresh token is never lost (requirement I4). An error keeps the token from being used; the
// next authorize() calls it again with the same tokens.
using TokenSaver = std::function<Status(const OAuthTokens&)>;

// One refresh at a time, whatever the number of threads. `transport`, `clock` and `redactor`
// (which learns every new token) must outlive the authenticator.
std::unique_ptr<Authenticator> oauth(OAuthOptions options, Transport& transport, Clock& clock,
                                     Redactor& redactor, TokenSaver save);

}  // namespace tendril

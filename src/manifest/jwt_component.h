// JSON Web Tokens from the manifest's component: signed anew for every request, or for every
// exchange of one against an access token.
// Source: manifest component "JwtAuthenticator".
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/secret.h"
#include "http/authenticator.h"
#include "http/jwt.h"
#include "manifest/authentication.h"
#include "manifest/node.h"
#include "manifest/template_field.h"

namespace tendril {

// Threads: safe to share.
class JwtSource {
 public:
  // What `context` names must outlive the result.
  // Errors: InvalidConfig with file, line and column, and for a key that can not be used.
  static Result<JwtSource> compile(const Node& node, const AuthenticationContext& context);

  // A token that is good from now on, behind the prefix where there is one.
  // Errors: InvalidConfig from templates.
  Result<Secret> token() const;

 private:
  // A claim or header: a template, or anything else as it stands.
  struct Member {
    std::string name;
    std::optional<TemplateField> expression;
    Value constant = Value();
    bool is_text = false;  // Stays a text, whatever it spells.
  };

  JwtSource(JwtSigner signer, const Value& config, const Clock& clock)
      : signer_(std::move(signer)), config_(&config), clock_(&clock) {}
  static Status add_members(const Node& node, std::string_view key,
                            const std::vector<std::string_view>& reserved,
                            std::vector<Member>& members);
  static Status add_claims(const Node& node, std::string_view key,
                           const std::vector<std::string_view>& names,
                           std::vector<Member>& members);
  Result<Map> evaluate(const std::vector<Member>& members) const;

  JwtSigner signer_;
  const Value* config_;
  const Clock* clock_;
  std::string algorithm_;
  std::string type_;
  std::string prefix_;
  std::int64_t seconds_ = 0;  // How long a token is good.
  std::vector<Member> headers_;
  std::vector<Member> claims_;
};

Result<std::unique_ptr<Authenticator>> jwt_of(const Node& node,
                                              const AuthenticationContext& context);

}  // namespace tendril

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string>
#include <string_view>

#include "lint/checks.h"
#include "lint/component_walk.h"

namespace tendril {
namespace {

constexpr std::size_t kSecretBytesMin = 16;
constexpr double kSecretBitsMin = 3.0;  // Of entropy a byte: words have less, keys have more.

struct SecretField {
  std::string_view component;
  std::string_view field;
};
constexpr SecretField kSecretFields[] = {
    {"ApiKeyAuthenticator", "api_token"},
    {"BasicHttpAuthenticator", "password"},
    {"BasicHttpAuthenticator", "username"},
    {"BearerAuthenticator", "api_token"},
    {"JwtAuthenticator", "secret_key"},
    {"LegacySessionTokenAuthenticator", "password"},
    {"LegacySessionTokenAuthenticator", "session_token"},
    {"OAuthAuthenticator", "access_token_value"},
    {"OAuthAuthenticator", "client_secret"},
    {"OAuthAuthenticator", "refresh_token"},
};

double bits_per_byte(std::string_view text) {
  std::array<std::size_t, 256> counts{};
  for (const char c : text) {
    ++counts[static_cast<unsigned char>(c)];
  }
  double bits = 0;
  for (const std::size_t count : counts) {
    if (count > 0) {
      const double share = static_cast<double>(count) / static_cast<double>(text.size());
      bits -= share * std::log2(share);
    }
  }
  return bits;
}

// A literal of the kind that machines make up: long, without blanks, letters and digits mixed.
bool looks_secret(std::string_view text) {
  for (const std::string_view scheme : {"Basic ", "Bearer ", "Token ", "token ", "bearer "}) {
    if (text.starts_with(scheme)) {
      text.remove_prefix(scheme.size());
    }
  }
  const bool is_plain = text.find_first_of("{} \t\n<>") == std::string_view::npos;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
  return is_plain && text.size() >= kSecretBytesMin &&
         std::any_of(text.begin(), text.end(), is_digit) &&
         std::any_of(text.begin(), text.end(), is_letter) && !text.starts_with("http") &&
         bits_per_byte(text) >= kSecretBitsMin;
}

bool names_secret(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c != '-' && c != '_') {
      plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  constexpr std::string_view kWords[] = {"token",  "secret",        "password",
                                         "apikey", "authorization", "accesskey"};
  return std::any_of(std::begin(kWords), std::end(kWords),
                     [&](std::string_view word) { return plain.find(word) != std::string::npos; });
}

void check_text(const Node* value, std::string_view name, FindingList& findings) {
  const std::string* text = value == nullptr ? nullptr : value->scalar.as_string();
  if (text != nullptr && looks_secret(*text)) {
    findings.add("plain-secret", *value, "a secret stands in the manifest: " + std::string(name));
  }
}

void check_inputs(const Node& component, FindingList& findings) {
  for (const std::string_view field :
       {"request_parameters", "request_headers", "request_body_data", "request_body_json",
        "refresh_request_body", "refresh_request_headers"}) {
    const Node* inputs = component.find(field);
    if (inputs == nullptr) {
      continue;
    }
    for (const auto& [name, value] : inputs->members) {
      if (names_secret(name)) {
        check_text(&value, name, findings);
      }
    }
  }
}

void check_defaults(const Node& schema, FindingList& findings) {
  const Node* secret = schema.find("airbyte_secret");
  const Node* preset = schema.find("default");
  const std::string* text = preset == nullptr ? nullptr : preset->scalar.as_string();
  if (secret != nullptr && secret->scalar == Value(true) && text != nullptr &&
      looks_secret(*text)) {
    findings.add("plain-secret", *preset, "a setting that is secret has a default",
                 "take the default out");
  }
  for (const Node& item : schema.items) {
    check_defaults(item, findings);
  }
  for (const auto& [name, value] : schema.members) {
    check_defaults(value, findings);
  }
}

}  // namespace

void check_secrets(const Node& manifest, FindingList& findings) {
  if (const Node* spec = manifest.find("spec")) {
    check_defaults(*spec, findings);
  }
  for_each_component(manifest, [&](const VisitedComponent& component) {
    for (const SecretField& each : kSecretFields) {
      if (each.component == component.rule.name) {
        check_text(component.node.find(each.field), each.field, findings);
      }
    }
    check_inputs(component.node, findings);
  });
}

}  // namespace tendril

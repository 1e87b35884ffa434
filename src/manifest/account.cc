#include "manifest/account.h"

#include "core/result.h"
#include "http/fingerprint.h"
#include "manifest/stream_slice.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

// Appends all texts below `node` as they come out for this configuration.
Status append_texts(const Node& component, const Node& node, Context& context, std::string& texts) {
  if (node.kind == Node::Kind::Scalar) {
    const TemplateField field = TRY(TemplateField::compile(component, node));
    const Value value = TRY(field.evaluate(context));
    texts += canonical_json(value) + '\n';
  }
  for (const Node& item : node.items) {
    TRY(append_texts(component, item, context, texts));
  }
  for (const auto& [name, member] : node.members) {
    if (name != "$parameters") {
      texts += name + '\n';
      TRY(append_texts(node, member, context, texts));
    }
  }
  return {};
}

}  // namespace

std::string account_of(const Node& requester, const Value& config, const Clock& clock) {
  const Node* authenticator = requester.find("authenticator");
  if (authenticator == nullptr) {
    return fingerprint({"no credentials"});
  }
  Context context = context_with(config, clock);
  std::string texts;
  if (append_texts(*authenticator, *authenticator, context, texts).ok()) {
    return fingerprint({"credentials", texts});
  }
  // Some templates need more than the configuration. What was given tells accounts apart, too.
  return fingerprint(
      {"configuration", canonical_json(to_value(*authenticator)), canonical_json(config)});
}

}  // namespace tendril

// TemplateField: one field of a component that may hold a template, compiled once, with the
// parameters of its component and its place in the manifest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/clock.h"
#include "core/result.h"
#include "data/value.h"
#include "expr/template.h"
#include "manifest/environment.h"
#include "manifest/node.h"

namespace tendril {

// What templates may mention while a source runs. `parameters` is set by each TemplateField itself.
enum class Name : std::uint8_t {
  Config,
  Parameters,
  StreamSlice,  // Also as stream_partition and stream_interval.
  NextPageToken,
  Response,
  Headers,
  LastRecord,
  LastPageSize,
  PageSize,
  Record,
  Value,
  Path,
  Property,
  RequestUrl,
  ComponentsValues,      // While streams are made from a template,
  StreamTemplateConfig,  // and that template.
  RawSchema,             // One entry of a schema that an API describes.
  SessionToken,
  CreationResponse,  // Of a job; these three only where records are prepared by jobs.
  PollingResponse,
  DownloadTarget,
};
const Scope& manifest_scope();

// A context for one thread, with `config` set; both must outlive it.
Context context_with(const Value& config, const Clock& clock);
// The same, for templates whose values come from an API: see Context::forgive_types.
Context context_with(const Environment& environment);
inline void set(Context& context, Name name, const Value* value) {
  context.set(static_cast<std::size_t>(name), value);
}

// Threads: safe to share; each thread brings its own context.
class TemplateField {
 public:
  // `field` is a member of `component`. Numbers and truth values stand for themselves.
  // Errors: InvalidConfig with file, line and column, as all functions here.
  static Result<TemplateField> compile(const Node& component, const Node& field);
  // The member `key`; nullopt when there is none.
  static Result<std::optional<TemplateField>> compile(const Node& component, std::string_view key);

  Result<Value> evaluate(Context& context) const;
  // Without the conversion to other types than text.
  Result<std::string> text(Context& context) const;
  Result<bool> truth(Context& context) const;

  // The template as written; "" for numbers and truth values.
  std::string_view source() const;

 private:
  TemplateField(const Node& field, std::variant<Value, Template> content,
                std::shared_ptr<const Value> parameters);
  Error at_place(Error error) const;

  std::variant<Value, Template> content_;
  // Shared by the copies of a component's parameters that its expressions hold.
  std::shared_ptr<const Value> parameters_;
  std::string place_;  // "manifest.yaml:12:5: streams.0.retriever"
};

// Evaluates a member that depends on the configuration alone; "" when it is absent.
Result<std::string> evaluate_text(const Node& component, std::string_view key, const Value& config,
                                  const Clock& clock);
// The same as a value; null when it is absent.
Result<Value> evaluate_value(const Node& component, std::string_view key, const Value& config,
                             const Clock& clock);
// A number of that member, written as one or as a template of one; nullopt when it is absent or
// empty. Errors: InvalidConfig when it is something else.
Result<std::optional<double>> evaluate_number(const Node& component, std::string_view key,
                                              const Value& config, const Clock& clock);

// The text of a value as it goes into URLs, headers and forms: True, 1, 1.5, a list as JSON.
std::string plain_text(const Value& value);

// Not null, false, zero or empty.
bool is_truthy(const Value& value);

}  // namespace tendril

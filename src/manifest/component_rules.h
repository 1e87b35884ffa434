// The components of the manifest language and their fields: which there are, and which this version
// runs. Facts only; components.h checks a manifest by them, parameters.h completes it by them.
// Source: the language's JSON schema; its reference implementation for the inferred types.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tendril {

enum class FieldKind : std::uint8_t {
  Text,    // A text or a number; may be a template.
  Scalar,  // A text, number or truth value; may be a template.
  Number,
  Integer,
  Integers,  // A list of them.
  Flag,
  Texts,            // A list of texts.
  Choice,           // One of `words`.
  Component,        // One component of `words`.
  Components,       // A list of them.
  OneOrMore,        // A component, or a list of them.
  NamedComponents,  // A mapping from names to them.
  ComponentOrText,
  ComponentOrTexts,  // A component, or a list of texts.
  Parameters,        // A template, or a mapping whose members may be components.
  Any,               // Free in form, but `$parameters` reach it.
  FreeForm,          // A JSON schema or the like: left alone.
  Ignored,           // Changes nothing that we do: documentation, or hints of another runtime.
};

constexpr bool holds_components(FieldKind kind) {
  return kind == FieldKind::Component || kind == FieldKind::Components ||
         kind == FieldKind::OneOrMore || kind == FieldKind::NamedComponents ||
         kind == FieldKind::ComponentOrText || kind == FieldKind::ComponentOrTexts ||
         kind == FieldKind::Parameters;
}

struct FieldRule {
  std::string_view name;
  FieldKind kind = FieldKind::Any;
  // The choices, or the types of component that may stand here, separated by blanks. Choices of the
  // language that are not run follow a "|".
  std::string_view words = {};
  // The type of a component that names none.
  std::string_view inferred_type = {};
  bool required = false;
};

// A field that every such component must have, by itself or by `$parameters`.
constexpr FieldRule required(FieldRule rule) {
  rule.required = true;
  return rule;
}

struct ComponentRule {
  std::string_view name;
  std::span<const FieldRule> fields;

  // Returns nullptr when the component has no such field.
  const FieldRule* find(std::string_view field) const;
};

// Returns nullptr when this version does not run the component.
const ComponentRule* find_component(std::string_view name);

std::span<const ComponentRule> run_components();

// True for every component of the language, run or not.
bool is_language_component(std::string_view name);

// True for a component, or a field of one, that is our own addition to the language.
bool is_extension(std::string_view component, std::string_view field = {});

}  // namespace tendril

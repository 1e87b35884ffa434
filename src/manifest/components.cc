#include "manifest/components.h"

#include <algorithm>
#include <set>
#include <span>

#include "core/near_miss.h"
#include "manifest/component_rules.h"

namespace tendril {
namespace {

// May stand anywhere and mean nothing: documentation, and what the loader itself has read.
constexpr std::string_view kAlwaysAllowed[] = {"type",    "$parameters", "description",
                                               "$schema", "title",       "$comment"};

bool is_text(const Node& node) {
  return node.kind == Node::Kind::Scalar && node.scalar.as_bool() == nullptr;
}

// The value that a field has when it is not given; such a field asks for nothing.
bool asks_for_nothing(const Node& node) {
  return node.scalar == Value(false) || node.scalar == Value("") || node.scalar == Value("None") ||
         (node.kind == Node::Kind::Mapping && node.members.empty()) ||
         (node.kind == Node::Kind::Sequence && node.items.empty());
}

bool is_custom(const Node& component) {
  return component.type().starts_with("Custom") || component.find("class_name") != nullptr;
}

std::vector<std::string_view> split_words(std::string_view words) {
  std::vector<std::string_view> split;
  while (!words.empty()) {
    const std::size_t blank = words.find(' ');
    split.push_back(words.substr(0, blank));
    words = blank == std::string_view::npos ? std::string_view() : words.substr(blank + 1);
  }
  return split;
}

bool contains(std::span<const std::string_view> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string joined(std::span<const std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) {
    text += (text.empty() ? "" : ", ") + std::string(word);
  }
  return text;
}

std::vector<std::string_view> names_of(std::span<const FieldRule> fields) {
  std::vector<std::string_view> names;
  for (const FieldRule& field : fields) {
    names.push_back(field.name);
  }
  return names;
}

class Checker {
 public:
  ManifestFindings finish() && { return std::move(findings_); }

  // `words` are the types that may stand here.
  void check_component(const Node& component, std::string_view words) {
    if (component.kind != Node::Kind::Mapping) {
      return fault(component, component, "must be a component");
    }
    const Node* type = component.find("type");
    if (is_custom(component)) {
      return refuse_custom(component);
    }
    if (type == nullptr) {
      return fault(component, component,
                   "a component lacks its type; possible: " + joined(split_words(words)));
    }
    const std::string name(component.type());
    const ComponentRule* rule = find_component(name);
    if (rule == nullptr && is_language_component(name)) {
      return fault(*type, component, "component is not supported yet: " + name,
                   ErrorCode::Unsupported);
    }
    if (rule == nullptr) {
      std::vector<std::string_view> known;
      for (const ComponentRule& each : run_components()) {
        known.push_back(each.name);
      }
      return fault(*type, component, "component is unknown: " + name + did_you_mean(name, known));
    }
    const std::vector<std::string_view> possible = split_words(words);
    if (!contains(possible, name)) {
      return fault(*type, component,
                   "component can not stand here: " + name + "; possible: " + joined(possible));
    }
    check_fields(component, *rule);
  }

 private:
  void refuse_custom(const Node& component) {
    const Node* class_name = component.find("class_name");
    const Node* type = component.find("type");
    const std::string* name = class_name == nullptr ? nullptr : class_name->scalar.as_string();
    const Node& where = type != nullptr ? *type : class_name != nullptr ? *class_name : component;
    std::string message = "component needs custom Python code: ";
    message += component.type().empty() ? "class_name" : component.type();
    fault(where, component, message + (name == nullptr ? "" : " (" + *name + ")"),
          ErrorCode::Unsupported);
  }

  void check_fields(const Node& component, const ComponentRule& rule) {
    for (const auto& [name, value] : component.members) {
      if (contains(kAlwaysAllowed, name) || value.kind == Node::Kind::Null) {
        continue;
      }
      if (const FieldRule* field = rule.find(name)) {
        check_field(component, *field, value);
      } else {
        check_unknown_field(component, rule, name, value);
      }
    }
    for (const FieldRule& field : rule.fields) {
      if (field.required && component.find(field.name) == nullptr) {
        fault(component, component,
              std::string(rule.name) + " lacks the field: " + std::string(field.name));
      }
    }
  }

  // Manifests in the wild are full of fields that mean nothing where they stand, and the reference
  // takes no notice of them: they must not keep a manifest from running.
  void check_unknown_field(const Node& component, const ComponentRule& rule,
                           const std::string& name, const Node& value) {
    std::vector<std::string_view> absent = names_of(rule.fields);
    std::erase_if(absent, [&](std::string_view field) { return component.find(field) != nullptr; });
    const std::string message = std::string(rule.name) + " has no field: " + name +
                                "; it is ignored" + did_you_mean(name, absent);
    if (findings_.warnings.size() < kFindingsMax && is_new(value, message)) {
      findings_.warnings.push_back(value.error(message).message);
    }
  }

  void check_field(const Node& component, const FieldRule& field, const Node& value) {
    const bool is_list = value.kind == Node::Kind::Sequence;
    switch (field.kind) {
      case FieldKind::Text: return must(is_text(value), value, "must be a text");
      case FieldKind::Scalar:
        return must(value.kind == Node::Kind::Scalar, value, "must be a text or a number");
      case FieldKind::Number:
        return must(component.number_or(field.name, 0).ok(), value, "must be a number");
      case FieldKind::Integer:
        return must(component.integer_or(field.name, 0).ok(), value, "must be a whole number");
      case FieldKind::Flag:
        return must(value.scalar.as_bool() != nullptr, value, "must be true or false");
      case FieldKind::Integers: return check_integers(value);
      case FieldKind::Texts:
        return must(component.texts(field.name).ok(), value, "must be a list of texts");
      case FieldKind::Choice: return check_choice(component, field, value);
      case FieldKind::Component: return check_component(value, field.words);
      case FieldKind::Components:
        return is_list ? check_items(value, field.words)
                       : must(false, value, "must be a list of components");
      case FieldKind::NamedComponents: return check_named(value, field.words);
      case FieldKind::OneOrMore:
        return is_list ? check_items(value, field.words) : check_component(value, field.words);
      case FieldKind::ComponentOrText:
        return is_text(value) ? void() : check_component(value, field.words);
      case FieldKind::ComponentOrTexts:
        return is_list ? must(component.texts(field.name).ok(), value, "must be a list of texts")
                       : check_component(value, field.words);
      case FieldKind::Parameters: return check_parameters(value, field.words);
      case FieldKind::NotRun: return refuse_field(component, field, value);
      case FieldKind::Any:
      case FieldKind::FreeForm:
      case FieldKind::Ignored: return;
    }
  }

  void check_items(const Node& list, std::string_view words) {
    for (const Node& item : list.items) {
      check_component(item, words);
    }
  }

  void check_named(const Node& mapping, std::string_view words) {
    must(mapping.kind == Node::Kind::Mapping, mapping, "must be a mapping of components");
    for (const auto& [name, component] : mapping.members) {
      check_component(component, words);
    }
  }

  // Members that are no components of the language are whatever the API takes.
  void check_parameters(const Node& mapping, std::string_view words) {
    for (const auto& [name, value] : mapping.members) {
      if (is_language_component(value.type())) {
        check_component(value, words);
      }
    }
  }

  void check_integers(const Node& value) {
    must(value.kind == Node::Kind::Sequence, value, "must be a list of whole numbers");
    for (const Node& item : value.items) {
      must(item.scalar.as_int() != nullptr, item, "must be a whole number");
    }
  }

  void check_choice(const Node& component, const FieldRule& field, const Node& value) {
    if (value.kind == Node::Kind::Mapping && is_custom(value)) {
      return refuse_custom(value);
    }
    const std::vector<std::string_view> run =
        split_words(field.words.substr(0, field.words.find(" |")));
    const std::string* choice = value.scalar.as_string();
    if (choice != nullptr && contains(run, *choice)) {
      return;
    }
    if (choice != nullptr && *choice != "|" && contains(split_words(field.words), *choice)) {
      return fault(value, value,
                   "value is not supported yet: " + *choice + " of " + qualified(component, field),
                   ErrorCode::Unsupported);
    }
    fault(value, value, qualified(component, field) + " must be one of: " + joined(run));
  }

  void refuse_field(const Node& component, const FieldRule& field, const Node& value) {
    if (!asks_for_nothing(value)) {
      fault(value, value, "field is not supported yet: " + qualified(component, field),
            ErrorCode::Unsupported);
    }
  }

  static std::string qualified(const Node& component, const FieldRule& field) {
    return std::string(component.type()) + "." + std::string(field.name);
  }

  void must(bool condition, const Node& value, std::string_view message) {
    if (!condition) {
      fault(value, value, std::string(message));
    }
  }

  // The same place of the file is often used many times by $ref.
  bool is_new(const Node& where, const std::string& message) {
    return seen_.insert(to_string(where.position) + message).second;
  }

  // `where` gives the line, `part` the key path.
  void fault(const Node& where, const Node& part, const std::string& message,
             ErrorCode code = ErrorCode::InvalidConfig) {
    if (findings_.faults.size() >= kFindingsMax || !is_new(where, message)) {
      return;
    }
    Node place;
    place.position = where.position;
    place.key_path = part.key_path;
    findings_.faults.push_back(place.error(message, code));
  }

  ManifestFindings findings_;
  std::set<std::string> seen_;
};

}  // namespace

ManifestFindings check_components(const Node& manifest) {
  return check_components(manifest, "DeclarativeSource");
}

ManifestFindings check_components(const Node& component, std::string_view types) {
  Checker checker;
  checker.check_component(component, types);
  return std::move(checker).finish();
}

Status refuse_faults(const ManifestFindings& findings) {
  if (findings.faults.empty()) {
    return {};
  }
  Error first = findings.faults.front();
  if (findings.faults.size() > 1) {
    const bool is_all = findings.faults.size() < kFindingsMax;
    first.message += " (and " + std::string(is_all ? "" : "at least ") +
                     std::to_string(findings.faults.size() - 1) + " more)";
  }
  return first;
}

}  // namespace tendril

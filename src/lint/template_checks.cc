#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/near_miss.h"
#include "expr/template.h"
#include "expr/template_uses.h"
#include "lint/checks.h"
#include "lint/component_walk.h"
#include "lint/setting_names.h"
#include "lint/template_places.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

constexpr std::string_view kSlices = "stream_slice, stream_partition and stream_interval";

// What a template's text alone says; made once for equal texts.
struct Reading {
  std::optional<Error> fault;
  std::vector<TemplateUse> uses;
};

Reading read_template(std::string_view text) {
  Reading reading;
  if (auto compiled = Template::compile(text, manifest_scope()); !compiled.ok()) {
    reading.fault = std::move(compiled).error();
    return reading;
  }
  if (auto uses = find_uses(text); uses.ok()) {
    reading.uses = std::move(uses).value();
  }
  return reading;
}

std::string place_in_template(const TemplateUse& use) {
  return " at line " + std::to_string(use.line) + ", column " + std::to_string(use.column) +
         " of the template";
}

bool is_known(std::span<const std::string_view> names, std::string_view name) {
  return name == "config" || name == "parameters" || name == "options" ||
         std::find(names.begin(), names.end(), name) != names.end();
}

std::string advice_for(std::string_view variable) {
  if (variable == "stream_state") {
    return "use stream_interval: the state itself can not be asked for";
  }
  std::vector<std::string_view> names;
  for (const std::string_view name :
       {"config", "parameters", "response", "headers", "record", "last_record", "last_page_size",
        "stream_slice", "stream_partition", "stream_interval", "next_page_token"}) {
    names.push_back(name);
  }
  const auto meant = near_miss(variable, names);
  return meant ? "write " + *meant : std::string();
}

std::string advice_at(std::span<const std::string_view> known) {
  std::string names = "config and parameters";
  for (const std::string_view name : known) {
    if (name == "stream_slice") {
      names += ", " + std::string(kSlices);
    } else if (!name.starts_with("stream_") || name == "stream_template_config") {
      names += ", " + std::string(name);
    }
  }
  return "what is known here: " + names;
}

class TemplateChecker {
 public:
  TemplateChecker(const Node& manifest, FindingList& findings)
      : settings_(setting_names(manifest)), findings_(findings) {}

  void check(const VisitedComponent& component) {
    for (const TemplateText& each : templates_of(component)) {
      const Reading& reading = reading_of(each.text);
      if (reading.fault) {
        findings_.add("template-syntax", *each.node, reading.fault->message);
        continue;
      }
      std::set<std::string_view> told;  // The first use of each variable is enough.
      for (const TemplateUse& use : reading.uses) {
        if (is_fault(component, each, use) && told.insert(use.variable).second) {
          tell(component, each, use);
        }
        check_setting(each, use);
      }
    }
  }

 private:
  const Reading& reading_of(std::string_view text) {
    const auto found = readings_.find(text);
    return found != readings_.end()
               ? found->second
               : readings_.emplace(std::string(text), read_template(text)).first->second;
  }

  static bool is_fault(const VisitedComponent& component, const TemplateText& text,
                       const TemplateUse& use) {
    if (!is_variable(use.variable)) {
      return true;
    }
    const auto known = known_variables(component, text.field);
    return known && !is_variable_of_steps(use.variable) && !is_known(*known, use.variable) &&
           !is_mapped_away(component, use.variable);
  }

  // What stands in a template of streams may be replaced before it is evaluated.
  static bool is_mapped_away(const VisitedComponent& component, std::string_view variable) {
    const auto is_template = [](const Node* owner) {
      return owner->type() == "DynamicDeclarativeStream";
    };
    return (variable == "components_values" || variable == "stream_template_config") &&
           std::any_of(component.owners.begin(), component.owners.end(), is_template);
  }

  void tell(const VisitedComponent& component, const TemplateText& text, const TemplateUse& use) {
    if (!is_variable(use.variable)) {
      return findings_.add("unknown-variable", *text.node,
                           "variable is unknown: " + use.variable + place_in_template(use),
                           advice_for(use.variable));
    }
    findings_.add("misplaced-variable", *text.node,
                  std::string(component.rule.name) + "." + std::string(text.field) +
                      " can not know the variable: " + use.variable + place_in_template(use),
                  advice_at(*known_variables(component, text.field)));
  }

  void check_setting(const TemplateText& text, const TemplateUse& use) {
    if (use.variable != "config" || use.members.empty()) {
      return;
    }
    const std::string& name = use.members.front();
    if (settings_.empty() || settings_.contains(name) || name.starts_with('_')) {
      return;
    }
    std::vector<std::string_view> names(settings_.begin(), settings_.end());
    const auto meant = near_miss(name, names);
    findings_.add("unknown-setting", *text.node,
                  "the spec declares no such setting: " + name + place_in_template(use),
                  meant ? "declare it, or write " + *meant : std::string());
  }

  const std::set<std::string, std::less<>> settings_;
  std::map<std::string, Reading, std::less<>> readings_;
  FindingList& findings_;
};

}  // namespace

void check_templates(const Node& manifest, FindingList& findings) {
  TemplateChecker checker(manifest, findings);
  for_each_component(manifest,
                     [&](const VisitedComponent& component) { checker.check(component); });
}

}  // namespace tendril

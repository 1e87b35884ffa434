// Form: what a connector asks its user for, and the tests that prove the answers.
#pragma once

#include <exception>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "configuration.h"
#include "json_text.h"

namespace tendril::sdk {

struct FormField {
  enum class Kind { Text, Secret, Toggle, Dropdown };

  std::string name;
  std::string label;
  Kind kind = Kind::Text;
  std::string description = {};
  bool required = false;
  std::string placeholder = {};
  std::vector<std::string> choices = {};  // Of a Dropdown.
};

struct FormTest {
  std::string name;
  std::string label;
  std::function<void(const Configuration&)> check;  // Throws what is wrong.
};

struct Form {
  std::vector<FormField> fields = {};
  std::vector<FormTest> tests = {};
};

inline Json described(const FormField& field) {
  Json entry{{"name", field.name},
             {"label", field.label},
             {"description", field.description},
             {"required", field.required},
             {"placeholder", field.placeholder}};
  switch (field.kind) {
    case FormField::Kind::Text:
    case FormField::Kind::Secret:
      entry["kind"] = "text";
      entry["secret"] = field.kind == FormField::Kind::Secret;
      break;
    case FormField::Kind::Toggle: entry["kind"] = "toggle"; break;
    case FormField::Kind::Dropdown: {
      Json::Array choices;
      for (const std::string& choice : field.choices) {
        choices.push_back(Json{{"value", choice}, {"label", choice}, {"description", ""}});
      }
      entry["kind"] = "dropdown";
      entry["choices"] = std::move(choices);
    }
  }
  return entry;
}

inline Json described(const Form& form) {
  Json::Array fields;
  for (const FormField& field : form.fields) {
    fields.push_back(described(field));
  }
  Json::Array tests;
  for (const FormTest& test : form.tests) {
    tests.push_back(Json{{"name", test.name}, {"label", test.label}});
  }
  return Json{{"fields", std::move(fields)}, {"tests", std::move(tests)}};
}

// What each test says of the configuration.
inline Json outcomes(const Form& form, const Configuration& configuration) {
  Json::Array told;
  for (const FormTest& test : form.tests) {
    Json outcome{{"label", test.label}, {"succeeded", true}, {"message", nullptr}};
    try {
      test.check(configuration);
    } catch (const std::exception& fault) {
      outcome["succeeded"] = false;
      outcome["message"] = fault.what();
    }
    told.push_back(std::move(outcome));
  }
  return told;
}

}  // namespace tendril::sdk

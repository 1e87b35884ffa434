#include "expr/function.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "expr/fixed_clock.h"
#include "expr/template.h"

namespace tendril {
namespace {

TEST(FunctionDocs, EveryExampleGivesItsResult) {
  const Scope scope({"config"});
  const FixedClock clock;
  const Context context(scope, clock);

  for (const FunctionDoc& doc : function_docs()) {
    SCOPED_TRACE(std::string(doc.kind) + " " + std::string(doc.name));
    const auto compiled = Template::compile(doc.example, scope);
    ASSERT_TRUE(compiled.ok()) << compiled.error().message;
    const auto value = compiled->evaluate(context);
    ASSERT_TRUE(value.ok()) << value.error().message;
    EXPECT_EQ(to_json(*value), doc.result);
  }
}

TEST(FunctionDocs, EveryExampleMentionsItsFunction) {
  for (const FunctionDoc& doc : function_docs()) {
    EXPECT_THAT(std::string(doc.example), testing::HasSubstr(std::string(doc.name)));
    EXPECT_TRUE(doc.summary.ends_with('.')) << doc.name;
  }
}

TEST(FunctionTables, NameEachFunctionOnceForAReceiver) {
  for (const auto table : {time_functions(), value_functions(), text_filters(), number_filters(),
                           list_filters(), record_filters(), encoding_filters(), pattern_filters(),
                           predicates(), text_methods(), container_methods(), time_methods()}) {
    std::set<std::pair<std::string_view, Term::Kind>> seen;
    for (const FunctionSpec& spec : table) {
      EXPECT_TRUE(seen.emplace(spec.name, spec.receiver).second) << spec.name;
    }
  }
}

TEST(Signature, CountsParameters) {
  const FunctionSpec spec{"f", "a b= * **", nullptr, "", "", ""};

  const Signature signature = signature_of(spec);

  EXPECT_EQ(signature.named, 2U);
  EXPECT_EQ(signature.required, 1U);
  EXPECT_TRUE(signature.variadic);
  EXPECT_TRUE(signature.keywords);
  EXPECT_EQ(parameter_place(spec, "b"), 1U);
  EXPECT_EQ(parameter_place(spec, "c"), std::nullopt);
}

TEST(FindMethods, DependOnTheReceiver) {
  const auto methods = find_methods("replace");

  EXPECT_EQ(methods.size(), 3U);
  EXPECT_EQ(method_of(methods, Term::Kind::Date)->receiver, Term::Kind::Date);
  EXPECT_EQ(method_of(methods, Term::Kind::Text)->receiver, Term::Kind::Text);
  EXPECT_EQ(method_of(methods, Term::Kind::Map), nullptr);
  EXPECT_TRUE(find_methods("nonsense").empty());
}

}  // namespace
}  // namespace tendril

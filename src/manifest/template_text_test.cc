#include "manifest/template_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(TemplateText, FindsVariablesInCodeOnly) {
  EXPECT_TRUE(mentions("a {{ response }} b", "response"));
  EXPECT_TRUE(mentions("{% if response.x %}1{% endif %}", "response"));
  EXPECT_FALSE(mentions("the response", "response"));
  EXPECT_FALSE(mentions("{{ 'response' }}", "response"));
  EXPECT_FALSE(mentions("{{ x.response }}", "response"));
  EXPECT_FALSE(mentions("{{ responses }}", "response"));
  EXPECT_FALSE(mentions("", "response"));
  EXPECT_FALSE(mentions("{{ ", "response"));
}

TEST(TemplateText, ReadsConstantSteps) {
  EXPECT_THAT(constant_paths("{{ response['a'][0].b }}", "response"),
              ElementsAre(ElementsAre("a", "0", "b")));
  EXPECT_THAT(constant_paths("{{ response.get('a', {}).get(\"b\") }}", "response"),
              ElementsAre(ElementsAre("a", "b")));
  EXPECT_THAT(constant_paths("{{ response.get('a', f(1, ')')).b }}", "response"),
              ElementsAre(ElementsAre("a", "b")));
}

TEST(TemplateText, EndsAPathAtTheFirstStepThatIsNotConstant) {
  EXPECT_THAT(constant_paths("{{ response[key].b }}", "response"),
              ElementsAre(ElementsAre("key", "b")));
  EXPECT_THAT(constant_paths("{{ response.a[i + 1].b }}", "response"),
              ElementsAre(ElementsAre("a")));
  EXPECT_THAT(constant_paths("{{ response | length }}", "response"), ElementsAre(IsEmpty()));
}

TEST(TemplateText, ReadsEveryUse) {
  EXPECT_THAT(constant_paths("{{ config.a if config['b'] else 1 }}-{{ config.c }}", "config"),
              ElementsAre(ElementsAre("a"), ElementsAre("b"), ElementsAre("c")));
}

}  // namespace
}  // namespace tendril

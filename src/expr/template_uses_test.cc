#include "expr/template_uses.h"

#include <gmock/gmock.h>

namespace tendril {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// "1:4 config.a" for each use.
std::vector<std::string> uses_of(std::string_view source) {
  std::vector<std::string> texts;
  for (const TemplateUse& use : find_uses(source).value()) {
    std::string text = std::to_string(use.line) + ":" + std::to_string(use.column);
    text += " " + use.variable;
    for (const std::string& member : use.members) {
      text += "." + member;
    }
    texts.push_back(text);
  }
  return texts;
}

TEST(TemplateUses, TellsVariablesAndTheConstantMembersReadFromThem) {
  EXPECT_THAT(uses_of("plain"), IsEmpty());
  EXPECT_THAT(uses_of("{{ config['a'].b }}"), ElementsAre("1:4 config.a.b"));
  EXPECT_THAT(uses_of("{{ config.get('a', {}).get('b', record.c) }}"),
              ElementsAre("1:4 config.a.b", "1:33 record.c"));
  EXPECT_THAT(uses_of("{{ response['items'][0].id }}"), ElementsAre("1:4 response.items"));
  EXPECT_THAT(uses_of("a\n{{ config[record.key] }}"), ElementsAre("2:4 config", "2:11 record.key"));
  EXPECT_THAT(uses_of("{{ config['a'].split(',') | first }}"), ElementsAre("1:4 config.a"));
}

TEST(TemplateUses, LeavesOutFunctionsAndWhatTheTemplateSets) {
  EXPECT_THAT(uses_of("{{ now_utc().strftime('%Y') }}"), IsEmpty());
  EXPECT_THAT(uses_of("{{ self.a }}"), IsEmpty());
  EXPECT_THAT(uses_of("{% set x = config.a %}{% for y in x %}{{ y }}{{ loop.index }}{% endfor %}"),
              ElementsAre("1:12 config.a"));
}

TEST(TemplateUses, ReportsWhatCanNotBeParsed) { EXPECT_FALSE(find_uses("{{ config[ }}").ok()); }

}  // namespace
}  // namespace tendril

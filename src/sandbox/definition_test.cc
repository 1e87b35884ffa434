// What a sandbox.yaml may say, and how its mistakes are named.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/shop_sandbox.h"

namespace tendril {
namespace {

// The shop's file with `from` replaced by `to`.
std::string shop_with(std::string_view from, std::string_view to) {
  std::string yaml(kShopYaml);
  const std::size_t at = yaml.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return yaml.replace(at, from.size(), to);
}

std::string fault_of(const std::string& yaml) {
  const auto compiled = compile_sandbox(yaml);
  return compiled.ok() ? "none" : compiled.error().message;
}

TEST(SandboxDefinition, SaysWhatItIs) {
  const auto compiled = compile_sandbox(kShopYaml);
  ASSERT_TRUE(compiled.ok()) << compiled.error().message;
  EXPECT_EQ((*compiled)->info().name, "shop");
  EXPECT_EQ((*compiled)->info().token, "good");
  EXPECT_THAT((*compiled)->info().entities,
              testing::ElementsAre("shop", "customer", "order", "line"));
}

struct Mistake {
  std::string_view from;
  std::string_view to;
  std::string_view message;
};

class MistakeInFile : public testing::TestWithParam<Mistake> {};

TEST_P(MistakeInFile, IsNamedByItsPlace) {
  const Mistake& mistake = GetParam();
  EXPECT_EQ(fault_of(shop_with(mistake.from, mistake.to)), mistake.message);
}

INSTANTIATE_TEST_SUITE_P(
    All, MistakeInFile,
    testing::Values(
        Mistake{"name: shop\n", "", "name: is missing"},
        Mistake{"name: shop\n", "name: shop\nnmae: x\n", "nmae: is not known here"},
        Mistake{"now: 2025-01-01T00:00:00Z", "now: 2023-01-01", "past.now: must be after start"},
        Mistake{"list: shop\n", "list: shpo\n", "routes[0].list or get: no such entity: shpo"},
        Mistake{"list: shop\n", "list: shop\n    get: shop\n",
                "routes[0]: needs one of list, get and answer"},
        Mistake{"list: shop\n", "list: shop\n    view: brief\n",
                "routes[0].view: shop has no such view: brief"},
        Mistake{"name: \"{_first} of", "name: \"{first} of", "customer.name: no such field: first"},
        Mistake{"{_first} of", "{_first|loud} of", "customer.name: no such transform: loud"},
        Mistake{"{$uuid: true}", "{$uid: true}", "line.id: no such generator: $uid"},
        Mistake{"of: line}", "of: customer}",
                "order.lines.$count.of: is not directly below this entity: customer"},
        Mistake{"of: customer, within: shop, chance", "of: customer, within: line, chance",
                "order.customer.$one.within: is not above both entities: line"},
        Mistake{"view: brief}}\n      watchers", "view: long}}\n      watchers",
                "order.customer.$one: customer has no such view: long"},
        Mistake{"min: 1, max: 3}}", "min: 4, max: 3}}", "order.note.$text.max: is below min"},
        Mistake{"on_update: [note", "on_update: [nothing",
                "entities.order.on_update: no such field: nothing"},
        Mistake{"parent: order", "parent: later", "entities.line.parent: no such entity: later"},
        Mistake{"filter: status, invalid: invalid", "filter: status, invalid: wring",
                "routes[1].parameters.status.invalid: no such error: wring"},
        Mistake{"filter: updated, test: since", "filter: updated, test: any_of",
                "routes[1].parameters.since.test: since, after, until and before go with the type "
                "time"},
        Mistake{"style: offset", "style: ofset", "routes[0].paging.style: no such kind: ofset"},
        Mistake{"requests: 50", "requests: 0",
                "limits.calls: needs a number of requests and the error when exceeded"},
        Mistake{"limits: {calls: 1000}", "limits: {cals: 1000}",
                "authentication.tokens[2].limits.cals: must be the name of a limit and a number of "
                "requests"},
        Mistake{"  not_found: {status: 404, body: {error: not found}}\n", "",
                "errors.not_found: is missing"},
        Mistake{"number: {$position: {start: 1}}", "number: \"{url}\"",
                "order.url: depends on itself"}));

TEST(SandboxDefinition, RefusesValuesThatNeedThemselves) {
  const std::string fault =
      fault_of(shop_with("name: {$cycle: [North, South]}", "name: \"a {name}\""));
  EXPECT_THAT(fault, testing::HasSubstr("depends on itself"));
}

TEST(SandboxDefinition, RefusesViewsThatHoldThemselves) {
  const std::string fault = fault_of(shop_with(
      "views: {brief: {only: [id]}}",
      "views: {brief: {only: [id], add: {friend: {$one: {of: customer, view: brief}}}}}"));
  EXPECT_THAT(fault, testing::HasSubstr("depends on itself"));
}

}  // namespace
}  // namespace tendril

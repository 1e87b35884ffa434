#include "manifest/node.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tendril {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Node parsed(std::string_view yaml) { return parse_yaml(yaml, "m.yaml").value(); }

TEST(Node, FindsMembersButNoNulls) {
  const Node node = parsed("a: 1\nb: null\nc:\n");

  EXPECT_NE(node.find("a"), nullptr);
  EXPECT_EQ(node.find("b"), nullptr);
  EXPECT_EQ(node.find("c"), nullptr);
  EXPECT_EQ(node.find("d"), nullptr);
  EXPECT_EQ(parsed("[1]").find("0"), nullptr);
}

TEST(Node, HasATypeOrNone) {
  EXPECT_EQ(parsed("type: HttpRequester").type(), "HttpRequester");
  EXPECT_EQ(parsed("type: 3").type(), "");
  EXPECT_EQ(parsed("kind: 3").type(), "");
}

TEST(Node, GivesTextsAndNumbersAsText) {
  const Node node = parsed("a: x\nb: 12\nc: 1.5\nd: true\ne: [x]\n");

  EXPECT_EQ(node.text("a").value(), "x");
  EXPECT_EQ(node.text("b").value(), "12");
  EXPECT_EQ(node.text("c").value(), "1.5");
  EXPECT_EQ(node.text("d").error().message, "m.yaml:4:4: d: must be a text");
  EXPECT_EQ(node.text("e").error().message, "m.yaml:5:4: e: must be a text");
  EXPECT_EQ(node.text_or("f", "else").value(), "else");
}

TEST(Node, SaysWhatARequiredFieldIsMissingFrom) {
  const Node root = parsed("a:\n  type: HttpRequester\nb: {x: 1}\n");

  EXPECT_EQ(root.find("a")->text("url").error().message,
            "m.yaml:2:3: a: HttpRequester lacks the field: url");
  EXPECT_EQ(root.find("b")->required("y").error().message, "m.yaml:3:4: b: a field is missing: y");
}

TEST(Node, GivesNumbersAndTextsThatAreNumbers) {
  const Node node = parsed("a: 7\nb: '8'\nc: 1.5\nd: x\ne: '2.5'\n");

  EXPECT_EQ(node.integer_or("a", 0).value(), 7);
  EXPECT_EQ(node.integer_or("b", 0).value(), 8);
  EXPECT_EQ(node.integer_or("z", 9).value(), 9);
  EXPECT_EQ(node.integer_or("c", 0).error().message, "m.yaml:3:4: c: must be a whole number");
  EXPECT_EQ(node.integer_or("d", 0).error().message, "m.yaml:4:4: d: must be a whole number");
  EXPECT_EQ(node.number_or("a", 0).value(), 7);
  EXPECT_EQ(node.number_or("c", 0).value(), 1.5);
  EXPECT_EQ(node.number_or("e", 0).value(), 2.5);
  EXPECT_EQ(node.number_or("d", 0).error().message, "m.yaml:4:4: d: must be a number");
}

TEST(Node, GivesFlags) {
  const Node node = parsed("a: true\nb: 'true'\n");

  EXPECT_TRUE(node.flag_or("a", false).value());
  EXPECT_TRUE(node.flag_or("z", true).value());
  EXPECT_EQ(node.flag_or("b", false).error().message, "m.yaml:2:4: b: must be true or false");
}

TEST(Node, GivesListsOfTexts) {
  const Node node = parsed("a: [x, 2]\nb: y\nc: [[x]]\nd: {x: 1}\n");

  EXPECT_THAT(node.texts("a").value(), ElementsAre("x", "2"));
  EXPECT_THAT(node.texts("b").value(), ElementsAre("y"));
  EXPECT_THAT(node.texts("z").value(), IsEmpty());
  EXPECT_EQ(node.texts("c").error().message, "m.yaml:3:5: c.0: must be a text");
  EXPECT_EQ(node.texts("d").error().message, "m.yaml:4:4: d: must be a list of texts");
}

TEST(Node, BecomesAValue) {
  const Value value = to_value(parsed("a: [1, null]\nb: {}\n"));

  EXPECT_EQ(value, Value(Map{{"a", List{1, nullptr}}, {"b", Map()}}));
}

TEST(Node, CutsKeyPathsThatAreTooLong) {
  Node node = parsed(std::string(900, 'k') + ": {" + std::string(900, 'l') + ": {last: 1}}");

  const Node& last = node.members[0].second.members[0].second.members[0].second;

  EXPECT_LT(last.key_path.size(), 1000U);
  EXPECT_TRUE(last.key_path.starts_with("..."));
  EXPECT_TRUE(last.key_path.ends_with("l.last"));
}

}  // namespace
}  // namespace tendril

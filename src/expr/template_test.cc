#include "expr/template.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/log.h"
#include "core/secret.h"
#include "data/json.h"
#include "expr/fixed_clock.h"

namespace tendril {
namespace {

using testing::HasSubstr;

class WarningLines final : public LogSink {
 public:
  void line(LogLevel, std::string_view text) override { lines.emplace_back(text); }
  std::vector<std::string> lines;
};

class TemplateTest : public testing::Test {
 protected:
  TemplateTest() : config_(parse_json(kConfig).value()) {
    context_.set(scope_.slot("config").value(), &config_);
  }

  Template compiled(std::string_view source) const {
    return Template::compile(source, scope_).value();
  }

  static constexpr std::string_view kConfig = R"({
    "name": "Ada", "count": 3, "ratio": 0.5, "none": null, "yes": true, "digits": "007",
    "number": "42", "list": [1, "two", null], "map": {"a": {"b": 1}}, "big": 123456789012345678901234567890
  })";

  const Scope scope_{{"config", "record", "stream_slice|stream_partition|stream_interval"}};
  const FixedClock clock_;
  const Value config_;
  Context context_{scope_, clock_};
};

TEST_F(TemplateTest, KnowsPlainTexts) {
  const Template text = compiled("users/all\n");

  EXPECT_TRUE(text.is_constant());
  EXPECT_FALSE(compiled("{{ 'a' }}").is_constant());
  EXPECT_EQ(text.source(), "users/all\n");
  EXPECT_EQ(text.evaluate(context_).value(), Value("users/all"));
  EXPECT_EQ(text.to_text(context_).value(), "users/all");
}

TEST_F(TemplateTest, ConvertsPlainTextsToo) {
  EXPECT_EQ(compiled("12").evaluate(context_).value(), Value(12));
  EXPECT_EQ(compiled("12").to_text(context_).value(), "12");
  EXPECT_EQ(compiled("").evaluate(context_).value(), Value(""));
}

TEST_F(TemplateTest, PointsIntoTheContextForPlainPaths) {
  Value scratch;

  const auto name = compiled("{{ config.name }}").evaluate(context_, scratch);
  const auto list = compiled("{{ config['list'] }}").evaluate(context_, scratch);
  const auto nested = compiled("{{ config.map['a'] }}").evaluate(context_, scratch);

  EXPECT_EQ(name.value(), config_.find("name"));
  EXPECT_EQ(list.value(), config_.find("list"));
  EXPECT_EQ(nested.value(), config_.find("map")->find("a"));
  EXPECT_EQ(compiled("{{ config }}").evaluate(context_, scratch).value(), &config_);
}

TEST_F(TemplateTest, PutsConvertedTextsIntoScratch) {
  Value scratch;

  const auto number = compiled("{{ config.number }}").evaluate(context_, scratch);
  EXPECT_EQ(number.value(), &scratch);
  EXPECT_EQ(scratch, Value(42));

  const auto digits = compiled("{{ config.digits }}").evaluate(context_, scratch);
  EXPECT_EQ(*digits.value(), Value("007"));
}

TEST_F(TemplateTest, KeepsBigNumbers) {
  EXPECT_EQ(compiled("{{ config.big }}").evaluate(context_).value(),
            Value(BigNumber{"123456789012345678901234567890"}));
  EXPECT_EQ(compiled("id-{{ config.big }}").evaluate(context_).value(),
            Value("id-123456789012345678901234567890"));
}

TEST_F(TemplateTest, HasAnEmptyTextForWhatIsMissing) {
  EXPECT_EQ(compiled("{{ config.nothing }}").evaluate(context_).value(), Value(""));
  EXPECT_EQ(compiled("{{ config.nothing.more }}").evaluate(context_).value(), Value(""));
  EXPECT_EQ(compiled("a {{ config.nothing.more }} b").evaluate(context_).value(), Value(""));
  EXPECT_EQ(compiled("a {{ config.nothing }} b").evaluate(context_).value(), Value("a  b"));
  EXPECT_EQ(compiled("{{ record.id }}").evaluate(context_).value(), Value(""));
  EXPECT_EQ(compiled("{{ config.none }}").evaluate(context_).value(), Value());
}

TEST_F(TemplateTest, MakesTextsWithoutTheConversion) {
  EXPECT_EQ(compiled("{{ config.number }}").to_text(context_).value(), "42");
  EXPECT_EQ(compiled("{{ config.digits }}").to_text(context_).value(), "007");
  EXPECT_EQ(compiled("{{ config.none }}").to_text(context_).value(), "");
  EXPECT_EQ(compiled("{{ config.nothing.more }}").to_text(context_).value(), "");
  EXPECT_EQ(compiled("{{ config.yes }}/{{ config.none }}").to_text(context_).value(), "True/None");
  EXPECT_EQ(compiled("{{ config.list }}").to_text(context_).value(), "[1, 'two', None]");
  EXPECT_EQ(compiled("{{ config.map }}").to_text(context_).value(), "{'a': {'b': 1}}");
  EXPECT_EQ(compiled("{{ config.count | string }}").to_text(context_).value(), "3");
}

TEST_F(TemplateTest, MakesTextsInScratchOrPointsIntoTheContext) {
  std::string scratch;

  const auto name = compiled("{{ config.name }}").to_text(context_, scratch);
  EXPECT_EQ(name.value().data(), config_.find("name")->as_string()->data());

  const auto greeting = compiled("Hi {{ config.name }}").to_text(context_, scratch);
  EXPECT_EQ(greeting.value(), "Hi Ada");
  EXPECT_EQ(greeting.value().data(), scratch.data());
}

TEST_F(TemplateTest, KnowsTheFalseSpellings) {
  for (const char* source :
       {"", "False", "false", "0", "0.0", "[]", "{}", "()", "None", "{{ false }}", "{{ 0 }}",
        "{{ '' }}", "{{ [] }}", "{{ config.nothing }}", "{{ none }}", "{{ config.nothing.more }}",
        "{{ '0' }}", "{{ \"'0'\" }}"}) {
    EXPECT_FALSE(compiled(source).to_bool(context_).value()) << source;
  }
  for (const char* source :
       {"True", "true", "1", "no", "{{ 1 }}", "{{ 'a' }}", "{{ [0] }}", " ", "00.1"}) {
    EXPECT_TRUE(compiled(source).to_bool(context_).value()) << source;
  }
}

TEST_F(TemplateTest, KnowsAliases) {
  const Value slice(Map{{"id", 7}});
  context_.set(scope_.slot("stream_slice").value(), &slice);

  EXPECT_EQ(
      compiled("{{ stream_partition.id }}{{ stream_interval['id'] }}").evaluate(context_).value(),
      Value(77));
}

TEST_F(TemplateTest, FailsForUnknownVariablesOnlyWhenEvaluated) {
  const auto source = Template::compile("{{ 1 if true else stream_state }}", scope_);

  ASSERT_TRUE(source.ok());
  const auto value = source->evaluate(context_);
  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.error().code, ErrorCode::InvalidConfig);
  EXPECT_THAT(value.error().message,
              HasSubstr("variable is unknown: stream_state at line 1, column 19"));
  EXPECT_FALSE(source->to_text(context_).ok());
  EXPECT_FALSE(source->to_bool(context_).ok());
}

TEST_F(TemplateTest, RefusesWhatItDoesNotKnowWhenCompiled) {
  const auto fault = [this](std::string_view source) {
    const auto compiled = Template::compile(source, scope_);
    return compiled.ok() ? "none" : compiled.error().message;
  };

  EXPECT_THAT(fault("{{ nonsense() }}"),
              HasSubstr("function is unknown: nonsense at line 1, column 4"));
  EXPECT_THAT(fault("a\n{{ 1 | nonsense }}"),
              HasSubstr("filter is unknown: nonsense at line 2, column 6"));
  EXPECT_THAT(fault("{{ 1 is nonsense }}"), HasSubstr("test is unknown: nonsense"));
  EXPECT_THAT(fault("{{ config.nonsense() }}"), HasSubstr("method is unknown: nonsense"));
  EXPECT_THAT(fault("{{ now_utc }}"), HasSubstr("function is not called: now_utc"));
  EXPECT_THAT(fault("{{ config() }}"), HasSubstr("value is not a function"));
  EXPECT_THAT(fault("{{ now_utc(1) }}"), HasSubstr("now_utc takes fewer arguments"));
  EXPECT_THAT(fault("{{ duration() }}"), HasSubstr("duration misses an argument"));
  EXPECT_THAT(fault("{{ day_delta(1, form='%Y') }}"),
              HasSubstr("day_delta has no parameter of the name form"));
  EXPECT_THAT(fault("{{ day_delta(1, num_days=2) }}"),
              HasSubstr("day_delta is given twice: num_days"));
  EXPECT_THAT(fault("{{ 'a' | regex_search('(') }}"),
              HasSubstr("regular expression is not supported"));
}

TEST_F(TemplateTest, ShowsTheTemplateInErrors) {
  const auto value = compiled("{{ config.name + 1 }}").evaluate(context_);

  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.error().message,
            "operator + does not work on text and integer at line 1, column 16 of the template "
            "\"{{ config.name + 1 }}\"");
}

TEST_F(TemplateTest, NeverShowsValuesOfTheContextInErrors) {
  for (const char* source : {"{{ config.name + 1 }}", "{{ config.name < 1 }}", "{{ -config.name }}",
                             "{{ config.name | base64decode }}", "{{ config.name | round }}"}) {
    const auto value = compiled(source).evaluate(context_);
    ASSERT_FALSE(value.ok()) << source;
    EXPECT_THAT(value.error().message, testing::Not(HasSubstr("Ada"))) << source;
  }
}

TEST_F(TemplateTest, ReusesScratch) {
  const Template greeting = compiled("Hi {{ config.name }}");
  Value scratch;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(*greeting.evaluate(context_, scratch).value(), Value("Hi Ada"));
  }
}

TEST_F(TemplateTest, MovesAndOutlivesItsSource) {
  std::string source = "{{ config.name }}-{{ 'x' }}";
  Template first = compiled(source);
  source.assign(source.size(), '#');

  const Template second = std::move(first);

  EXPECT_EQ(second.to_text(context_).value(), "Ada-x");
}

TEST_F(TemplateTest, NeverChangesTheContext) {
  const auto value = compiled("{% set _ = config.list.append(1) %}").evaluate(context_);

  ASSERT_FALSE(value.ok());
  EXPECT_THAT(value.error().message, HasSubstr("value of the context cannot be changed"));
}

TEST_F(TemplateTest, StandsForItselfWhereTypesAreForgiven) {
  const std::string source = "{{ config.none | map('upper') | list }}";
  const Template wrong = compiled(source);
  EXPECT_THAT(wrong.evaluate(context_).error().message, HasSubstr("none has no items"));

  Redactor redactor;
  WarningLines sink;
  Log log(LogLevel::Debug, LogFormat::Text, clock_, redactor, sink);
  context_.forgive_types(log);

  EXPECT_EQ(wrong.evaluate(context_).value(), Value(source));
  EXPECT_EQ(wrong.to_text(context_).value(), source);
  EXPECT_TRUE(wrong.to_bool(context_).value());
  EXPECT_THAT(sink.lines, testing::ElementsAre(HasSubstr("none has no items to go through at")))
      << "it warns once";
  EXPECT_FALSE(compiled("{{ 1 / 0 }}").evaluate(context_).ok()) << "other faults are errors";
}

TEST(Scope, NumbersNamesAndAliases) {
  const Scope scope({"a", "b|c", "d"});

  EXPECT_EQ(scope.size(), 3U);
  EXPECT_EQ(scope.slot("a"), 0U);
  EXPECT_EQ(scope.slot("b"), 1U);
  EXPECT_EQ(scope.slot("c"), 1U);
  EXPECT_EQ(scope.slot("d"), 2U);
  EXPECT_EQ(scope.slot("e"), std::nullopt);
  EXPECT_EQ(scope.slot("b|c"), std::nullopt);
}

}  // namespace
}  // namespace tendril

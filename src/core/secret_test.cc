#include "core/secret.h"

#include <sstream>
#include <type_traits>

#include <gtest/gtest.h>

#include "core/clock.h"
#include "core/encoding.h"
#include "core/log.h"

namespace tendril {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

static_assert(!Printable<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string>);

TEST(Redactor, BlanksEverySpellingOfASecret) {
  Redactor redactor;
  redactor.add(Secret("p+ss word"));

  EXPECT_EQ(redactor.redact("a=p+ss word&b=p%2Bss%20word"), "a=***&b=***");
  EXPECT_EQ(redactor.redact(base64_encode("p+ss word")), "***");
}

TEST(Redactor, LeavesShortTextsAlone) {
  Redactor redactor;
  redactor.add(Secret("1"));

  EXPECT_EQ(redactor.redact("page 1"), "page 1");
}

class LinesSink final : public LogSink {
 public:
  void line(LogLevel /*level*/, std::string_view text) override { lines << text << '\n'; }
  std::ostringstream lines;
};

TEST(Log, JsonLinesCarryFieldsAndNoSecret) {
  const auto clock = system_clock();
  Redactor redactor;
  redactor.add(Secret("hunter22"));
  LinesSink sink;
  Log log(LogLevel::Info, LogFormat::Json, *clock, redactor, sink);

  log.info("connected", {{"user", "a\"b"}, {"password", "hunter22"}, {"rows", 3}});
  log.debug("not shown");

  EXPECT_NE(
      sink.lines.str().find(R"("message":"connected","user":"a\"b","password":"***","rows":3})"),
      std::string::npos)
      << sink.lines.str();
  EXPECT_EQ(sink.lines.str().find("not shown"), std::string::npos);
}

TEST(Encoding, Base64RoundTrips) {
  for (const std::string text : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) {
    EXPECT_EQ(base64_decode(base64_encode(text)), text);
  }
  EXPECT_EQ(base64_encode("fooba"), "Zm9vYmE=");
  EXPECT_FALSE(base64_decode("a*b").has_value());
}

TEST(Encoding, UrlRoundTrips) {
  EXPECT_EQ(url_encode("a b/ä"), "a%20b%2F%C3%A4");
  EXPECT_EQ(url_decode("a%20b%2F%C3%A4"), "a b/ä");
  EXPECT_EQ(url_decode("a+b%zz", true), "a b%zz");
}

}  // namespace
}  // namespace tendril

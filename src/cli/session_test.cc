#include "cli/session.h"

#include <gtest/gtest.h>

namespace tendril {
namespace {

// What `act` makes a session write on stderr.
template <class Act>
std::string messages_of(LogFormat format, Act act) {
  testing::internal::CaptureStderr();
  {
    GlobalArguments global;
    global.log_format = format;
    global.log_level = LogLevel::Off;
    Session session(global, true);
    session.redactor().add(Secret("hunter22"));
    act(session);
  }
  return testing::internal::GetCapturedStderr();
}

TEST(Session, ReportsAnErrorOnOneLineWithoutSecrets) {
  const std::string text = messages_of(LogFormat::Text, [](Session& session) {
    session.report(
        {.code = ErrorCode::Unavailable, .message = "got hunter22\nback", .request_id = "r1"},
        "try again");
  });

  EXPECT_EQ(text, "error: got *** back (request id r1)\nhint: try again\n");
}

TEST(Session, ReportsAnErrorAsJson) {
  const std::string text = messages_of(LogFormat::Json, [](Session& session) {
    session.report({ErrorCode::Unavailable, "no route"});
  });

  EXPECT_NE(text.find(R"("level":"error","message":"no route","code":"unavailable")"),
            std::string::npos);
}

TEST(Session, NotesEvenWhenTheLogIsOff) {
  EXPECT_EQ(messages_of(LogFormat::Text, [](Session& session) { session.note("stopping"); }),
            "stopping\n");
}

TEST(Session, DrawsNoBarsWhereThereIsNoTerminal) {
  testing::internal::CaptureStderr();
  EXPECT_FALSE(Session(GlobalArguments(), true).bars());
  testing::internal::GetCapturedStderr();
}

}  // namespace
}  // namespace tendril

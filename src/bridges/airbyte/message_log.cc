#include "bridges/airbyte/message_log.h"

#include "bridges/airbyte/messages.h"
#include "data/log_text.h"

namespace tendril {

void MessageLog::line(LogLevel level, std::string_view text) {
  // Where nobody reads there is nobody to tell; the writer keeps the error for whoever needs it.
  (void)writer_.write(log_message(level, log_text(text)));
}

}  // namespace tendril

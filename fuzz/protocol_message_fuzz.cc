// Fuzzes what other programs and platforms send in the Airbyte protocol: messages, states,
// configured catalogs. Whatever the text, reading it ends, with a value or an error; and a state
// that was read is written so that it reads the same again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "bridges/airbyte/configured_catalog.h"
#include "bridges/airbyte/program_catalog.h"
#include "bridges/airbyte/protocol_message.h"
#include "bridges/airbyte/protocol_state.h"
#include "data/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)tendril::parse_message(text);
  const auto value = tendril::parse_json(text);
  if (!value.ok()) {
    return 0;
  }
  (void)tendril::parse_configured_catalog(*value);
  (void)tendril::ProgramCatalog::parse(*value);
  const auto state = tendril::ProtocolState::parse(*value);
  if (!state.ok()) {
    return 0;
  }
  for (const tendril::StateEntry& entry : state->entries()) {
    const std::string sent = state->json_of(entry.stream);
    const auto content = tendril::parse_json(sent);
    if (!content.ok()) {
      std::abort();
    }
    tendril::Map again;
    again.append("type", "LEGACY");
    again.append("data", tendril::Map{{entry.stream, *content}});
    const auto back = tendril::ProtocolState::parse(again);
    if (!back.ok() || back->json_of(entry.stream) != sent) {
      std::abort();
    }
  }
  return 0;
}

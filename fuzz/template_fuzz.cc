// Fuzzes the template language: whatever the text, compiling and evaluating it ends, with a
// value or an error; and the same evaluation has the same outcome again, in memory that was used
// before as well.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "data/instant.h"
#include "data/json.h"
#include "expr/template.h"

namespace {

class StandingClock : public tendril::Clock {
 public:
  Wall now() const override { return tendril::instant_from_micros(1'704'164'645'678'901); }
  Monotonic monotonic() const override { return {}; }
  bool sleep(std::chrono::milliseconds, std::stop_token) override { return true; }
};

// What came of an evaluation, as text.
std::string outcome(const tendril::Result<const tendril::Value*>& result) {
  return result.ok() ? tendril::to_json(**result) : result.error().message;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const tendril::Scope kScope({"config", "record", "response"});
  static const StandingClock kClock;
  static const tendril::Value kConfig(
      tendril::Map{{"text", "a,b 2024-01-02"},
                   {"list", tendril::List{1, "two", nullptr, 3.5, tendril::Map{{"id", 7}}}},
                   {"map", tendril::Map{{"a", tendril::Map{{"b", true}}}}},
                   {"big", tendril::BigNumber{"123456789012345678901234567890"}}});
  static const tendril::Value kResponse(
      tendril::Map{{"next", "https://api.example.com/x?page=2&cursor=c%2Fd"},
                   {"at", "2024-02-29T12:34:56.789Z"},
                   {"number", "17"},
                   {"literal", "[1, {'a': None}]"}});
  tendril::Context context(kScope, kClock);
  context.set(0, &kConfig);
  context.set(2, &kResponse);
  const auto compiled = tendril::Template::compile(
      std::string_view(reinterpret_cast<const char*>(data), size), kScope);
  if (!compiled.ok()) {
    return 0;
  }
  tendril::Value fresh;
  const std::string first = outcome(compiled->evaluate(context, fresh));
  tendril::Value used("what another template left here, too long to be kept inside");
  CHECK(outcome(compiled->evaluate(context, used)) == first);
  CHECK(outcome(compiled->evaluate(context, used)) == first);
  (void)compiled->to_text(context);
  (void)compiled->to_bool(context);
  return 0;
}

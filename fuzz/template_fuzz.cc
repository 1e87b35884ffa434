// Fuzzes the template language: whatever the text, compiling and evaluating it ends, with a
// value or an error.
#include <cstddef>
#include <cstdint>
#include <string_view>

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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const tendril::Scope kScope({"config", "record"});
  static const StandingClock kClock;
  static const tendril::Value kConfig(
      tendril::Map{{"text", "a,b 2024-01-02"},
                   {"list", tendril::List{1, "two", nullptr, 3.5, tendril::Map{{"id", 7}}}},
                   {"map", tendril::Map{{"a", tendril::Map{{"b", true}}}}},
                   {"big", tendril::BigNumber{"123456789012345678901234567890"}}});
  tendril::Context context(kScope, kClock);
  context.set(0, &kConfig);
  const auto compiled = tendril::Template::compile(
      std::string_view(reinterpret_cast<const char*>(data), size), kScope);
  if (compiled.ok()) {
    (void)compiled->evaluate(context);
    (void)compiled->to_text(context);
    (void)compiled->to_bool(context);
  }
  return 0;
}

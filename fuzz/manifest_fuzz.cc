// Fuzzes the loader of manifests: whatever the text, loading it ends, with a connector or with an
// error that names the file; and whatever the schema in it, a configuration can be checked.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "data/value.h"
#include "manifest/manifest_document.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const tendril::Value kConfig(
      tendril::Map{{"token", "t"},
                   {"start_date", "2024-01-02"},
                   {"list", tendril::List{1, "two", nullptr, 3.5}},
                   {"credentials", tendril::Map{{"auth_type", "oauth"}, {"id", 7}}}});
  const auto document = tendril::parse_manifest(
      std::string_view(reinterpret_cast<const char*>(data), size), "m.yaml");
  if (!document.ok()) {
    CHECK(document.error().message.starts_with("m.yaml"));
    return 0;
  }
  for (const tendril::ManifestStream& stream : document->streams) {
    CHECK(!stream.name.empty() && document->find(stream.name) != nullptr);
  }
  (void)document->spec.check(kConfig);
  (void)document->spec.secrets_of(kConfig);
  return 0;
}

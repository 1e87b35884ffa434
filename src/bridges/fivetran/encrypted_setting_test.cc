#include "bridges/fivetran/encrypted_setting.h"

#include <gmock/gmock.h>

#include "core/encoding.h"
#include "core/whole_file.h"
#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// "hush-hush" of the field "password", by the key of the bytes 0 to 31 and a nonce of sevens.
constexpr const char* kHidden =
    "fivetran_encrypted:BwcHBwcHBwcHBwcHZx/VNEJnooeu0gPlwcb01b5WQ1Hl7F0EVA==";

Secret key() {
  std::string bytes;
  for (char byte = 0; byte < 32; ++byte) {
    bytes += byte;
  }
  return Secret(bytes);
}

TEST(EncryptedSetting, IsDecryptedByItsKey) {
  const auto text = decrypt_setting("password", kHidden, key());

  ASSERT_THAT(text, IsOk());
  EXPECT_EQ(text->reveal(), "hush-hush");
}

TEST(EncryptedSetting, BelongsToItsField) {
  EXPECT_THAT(
      decrypt_setting("token", kHidden, key()),
      IsError(ErrorCode::InvalidConfig, AllOf(HasSubstr("field token"), Not(HasSubstr("hush")))));
}

TEST(EncryptedSetting, IsRefusedWhenItIsNotWhole) {
  for (const auto* value :
       {"", "plain", "fivetran_encrypted:", "fivetran_encrypted:AAAA", "fivetran_encrypted:%%"}) {
    EXPECT_THAT(decrypt_setting("f", value, key()),
                IsError(ErrorCode::InvalidConfig, HasSubstr("field f")))
        << value;
  }
}

TEST(EncryptedSetting, NeedsTheKeyOfThisMachine) {
  const TemporaryFolder folder;
  Value configuration = Map{{"host", "x"}, {"password", kHidden}};

  EXPECT_THAT(decrypt_configuration(configuration, folder / "key"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("its key is not here")));

  ASSERT_THAT(
      write_whole_file(folder / "key", base64_encode(key().reveal()) + "\n", FileReaders::Owner),
      IsOk());
  ASSERT_THAT(decrypt_configuration(configuration, folder / "key"), IsOk());
  EXPECT_EQ(configuration, Value(Map{{"host", "x"}, {"password", "hush-hush"}}));
}

}  // namespace
}  // namespace tendril

#include "decimal_text.h"

#include <string.h>

static int is_digit(char c) { return c >= '0' && c <= '9'; }
static int is_blank(char c) { return c == ' ' || c == '\t'; }
static int is_sign(char c) { return c == '-' || c == '+'; }

static int is_special(const char* text, size_t size) {
  static const char* const kSpecial[] = {"NaN", "nan", "sNaN", "Infinity", "inf"};
  for (size_t index = 0; index < sizeof kSpecial / sizeof *kSpecial; ++index) {
    if (size == strlen(kSpecial[index]) && memcmp(text, kSpecial[index], size) == 0) {
      return 1;
    }
  }
  return 0;
}

static int is_exponent(const char* text, const char* end) {
  if (text < end && is_sign(*text)) {
    ++text;
  }
  const char* const digits = text;
  while (text < end && is_digit(*text)) {
    ++text;
  }
  return text == end && text > digits;
}

int is_decimal_text(const char* text, size_t size) {
  const char* end = text + size;
  while (text < end && is_blank(*text)) {
    ++text;
  }
  while (end > text && is_blank(end[-1])) {
    --end;
  }
  if (text < end && is_sign(*text)) {
    ++text;
  }
  if (is_special(text, (size_t)(end - text))) {
    return 1;
  }
  int digits = 0;
  int points = 0;
  for (; text < end && (is_digit(*text) || (*text == '.' && points == 0)); ++text) {
    digits += *text != '.';
    points += *text == '.';
  }
  const int has_exponent = text < end && (*text == 'e' || *text == 'E');
  return digits > 0 && (has_exponent ? is_exponent(text + 1, end) : text == end);
}

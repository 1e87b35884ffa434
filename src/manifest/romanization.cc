#include "manifest/romanization.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "core/utf8.h"

namespace tendril {
namespace {

// One entry for each code point of a block, from its start; separated by blanks, "." for none.
struct Block {
  char32_t start;
  std::string_view letters;
};

constexpr Block kBlocks[] = {
    // Latin-1, from the feminine ordinal.
    {0xAA, "a . . . . . . . 2 3 . u . . . 1 o . . . . ."},
    {0xC0,
     "A A A A A A AE C E E E E I I I I D N O O O O O . O U U U U Y Th ss "
     "a a a a a a ae c e e e e i i i i d n o o o o o . o u u u u y th y"},
    // Latin Extended-A.
    {0x100,
     "A a A a A a C c C c C c C c D d D d E e E e E e E e E e G g G g G g G g H h H h I i I i I i "
     "I i I i IJ ij J j K k q L l L l L l L l L l N n N n N n n N n O o O o O o OE oe R r R r R r "
     "S s S s S s S s T t T t T t U u U u U u U u U u U u W w Y y Y Z z Z z Z z s"},
    // Of Latin Extended-B, the carons and the Romanian letters.
    {0x1CD, "A a I i O o U u U u U u U u U u"},
    {0x218, "S s T t"},
    // Greek.
    {0x386,
     "A . E I I . O . Y O i A V G D E Z I Th I K L M N X O P R . S T Y F Ch Ps O I Y a e i i y "
     "a v g d e z i th i k l m n x o p r s s t y f ch ps o i y o y o"},
    // Cyrillic.
    {0x400,
     "E Yo Dj Gj Ye Dz I Yi J Lj Nj C Kj I U Dz A B V G D E Zh Z I Y K L M N O P R S T U F Kh Ts "
     "Ch Sh Shch . Y . E Yu Ya a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch . y . "
     "e yu ya e yo dj gj ye dz i yi j lj nj c kj i u dz"},
    {0x490, "G g"},
    // Latin Extended Additional: Vietnamese.
    {0x1EA0,
     "A a A a A a A a A a A a A a A a A a A a A a A a E e E e E e E e E e E e E e E e I i I i "
     "O o O o O o O o O o O o O o O o O o O o O o O o U u U u U u U u U u U u U u Y y Y y Y y "
     "Y y"},
};

// The entry with that number, or nullopt-like "" after the last.
std::string_view entry(std::string_view letters, std::size_t number) {
  for (; number > 0 && !letters.empty(); --number) {
    letters.remove_prefix(std::min(letters.find(' '), letters.size() - 1) + 1);
  }
  return letters.substr(0, letters.find(' '));
}

std::string_view letter_of(char32_t c) {
  for (const Block& block : kBlocks) {
    if (c >= block.start) {
      const std::string_view found = entry(block.letters, c - block.start);
      if (!found.empty()) {
        return found;
      }
    }
  }
  return " ";
}

}  // namespace

std::string romanized(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::string_view character = take_character(text);
    if (character.size() == 1) {
      out += static_cast<unsigned char>(character[0]) < 0x80 ? character[0] : ' ';
      continue;
    }
    const std::string_view letter = letter_of(code_point_of(character));
    out += letter == "." ? std::string_view() : letter;
  }
  return out;
}

}  // namespace tendril

// Code: a compiled template: instructions for a small stack machine and what they refer to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data/value.h"
#include "expr/function.h"

namespace tendril {

// Each line says what the instruction takes from the stack and puts there.
enum class OpCode : std::uint8_t {
  Text,             // Puts out texts[operand].
  Output,           // value → ; puts out its text.
  Constant,         // → constants[operand]
  Undefined,        // → Undefined
  Absent,           // → Absent: an argument that is not given.
  Slot,             // → the context's value of slot `operand`
  Path,             // → what paths[operand] leads to
  Local,            // → locals[operand]
  StoreLocal,       // value → ; locals[operand]
  StoreMember,      // value, namespace → ; member names[operand]
  Unpack,           // sequence → `operand` items, the first on top
  Attribute,        // object → object.names[operand]
  Subscript,        // object, key → object[key]
  Slice,            // object, start, stop, step → part
  Unary,            // operand → result, by `detail`
  Binary,           // left, right → result, by `detail`
  Compare,          // left, right → truth, by `detail`
  CompareChain,     // left, right → right; when false: → false, and jumps
  Concat,           // `operand` values → text
  MakeList,         // `operand` values → list
  MakeTuple,        // `operand` values → tuple
  MakeMap,          // `operand` keys and values → map
  Jump,             // Jumps to `operand`.
  JumpIfFalse,      // value → ; jumps if false
  JumpIfFalseKeep,  // value → value, and jumps, if false; else value →
  JumpIfTrueKeep,   // value → value, and jumps, if true; else value →
  Call,             // `count` arguments → result of calls[operand]
  CallMethod,       // receiver and arguments, `count` together → result of calls[operand]
  LoopBegin,        // items → ; a loop over them in locals[operand]
  LoopNext,         // → the next item of the loop in locals[count]; jumps after the last
  LoopKeep,         // condition → ; keeps the current item if true
  LoopRestart,      // The loop in locals[operand] now goes over what it kept.
  JumpIfLooped,     // Jumps if the loop in locals[count] had an item.
  CaptureBegin,     // What is put out from here goes to locals[operand].
  CaptureEnd,       // → the text that was put out since.
};

struct Instruction {
  OpCode op;
  std::uint8_t detail = 0;
  std::uint16_t count = 0;
  std::uint32_t operand = 0;
  std::uint32_t offset = 0;  // Into the template, for errors.
};

// A variable of the context and the way from it, which may have no keys: "config['a'].b[0]".
struct Path {
  struct Key {
    std::string name;        // Of a member; unless
    std::int64_t index = 0;  // of an item.
    bool is_index = false;
  };

  std::size_t slot = 0;
  std::vector<Key> keys;
};

struct CallSite {
  const FunctionSpec* spec = nullptr;
  std::vector<const FunctionSpec*> methods = {};  // Instead: which, depends on the receiver.
  std::unique_ptr<const Prepared> prepared = nullptr;
};

struct Code {
  std::vector<Instruction> instructions;
  std::vector<std::string> texts;
  std::vector<std::string> names;
  std::vector<Value> constants;
  std::vector<Path> paths;
  std::vector<CallSite> calls;
  std::size_t locals = 0;
  std::size_t stack_max = 0;
  // The template is a single "{{ expression }}": the code leaves its value on the stack
  // instead of putting it out.
  bool is_expression = false;
  // A variable that neither the scope nor the template knows: evaluation fails.
  std::string undeclared;
  std::size_t undeclared_offset = 0;
};

}  // namespace tendril

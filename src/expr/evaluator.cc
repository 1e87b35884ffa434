#include "expr/evaluator.h"

#include <algorithm>

#include <fmt/format.h>

#include "expr/arithmetic.h"
#include "expr/compare.h"
#include "expr/loop_state.h"
#include "expr/member.h"
#include "expr/term_text.h"

namespace tendril {
namespace {

class Evaluator {
 public:
  Evaluator(Evaluation& evaluation, const Code& code, std::string& out)
      : evaluation_(evaluation),
        code_(code),
        out_(out),
        locals_(evaluation.heap().make_terms(code.locals)),
        bottom_(evaluation.heap().make_terms(code.stack_max)),
        top_(bottom_) {}

  Term run(std::size_t& offset) {
    const std::size_t end = code_.instructions.size();
    while (next_ < end) {
      const Instruction& instruction = code_.instructions[next_++];
      step(instruction);
      if (!evaluation_.spend(1) || !evaluation_.ok()) [[unlikely]] {
        offset = instruction.offset;
        return {};
      }
    }
    return top_ == bottom_ ? Term() : pop();
  }

 private:
  void push(const Term& term) { *top_++ = term; }
  Term pop() { return *--top_; }
  Term& top() { return top_[-1]; }

  // Replaces the `count` topmost terms by `result`.
  void replace(std::size_t count, const Term& result) {
    top_ -= count;
    push(result);
  }

  void jump_if(bool condition, const Instruction& instruction) {
    next_ = condition ? instruction.operand : next_;
  }

  void step(const Instruction& instruction) {
    const std::uint32_t operand = instruction.operand;
    switch (instruction.op) {
      case OpCode::Text: return put_out(code_.texts[operand]);
      case OpCode::Output: return append_text(evaluation_, out_, pop());
      case OpCode::Constant: return push(Term::of(code_.constants[operand]));
      case OpCode::Undefined: return push(Term());
      case OpCode::Absent: return push(Term::absent());
      case OpCode::Slot: return load_slot(operand);
      case OpCode::Path: return load_path(code_.paths[operand]);
      case OpCode::Local: return push(locals_[operand]);
      case OpCode::StoreLocal: locals_[operand] = pop(); return;
      case OpCode::Jump: return jump_if(true, instruction);
      case OpCode::JumpIfFalse: return jump_if(!is_true(pop()), instruction);
      case OpCode::JumpIfFalseKeep: return jump_or_drop(!is_true(top()), instruction);
      case OpCode::JumpIfTrueKeep: return jump_or_drop(is_true(top()), instruction);
      case OpCode::Call: return call(instruction);
      case OpCode::CallMethod: return call_method(instruction);
      default: return step_rarely(instruction);
    }
  }

  void step_rarely(const Instruction& instruction) {
    const std::uint32_t operand = instruction.operand;
    switch (instruction.op) {
      case OpCode::Attribute:
        return replace(1, attribute(evaluation_, top(), code_.names[operand]));
      case OpCode::Subscript: return replace(2, subscript(evaluation_, top_[-2], top()));
      case OpCode::Slice:
        return replace(4, slice(evaluation_, top_[-4], top_[-3], top_[-2], top()));
      case OpCode::Unary:
        return replace(1,
                       compute(evaluation_, static_cast<UnaryOperator>(instruction.detail), top()));
      case OpCode::Binary:
        return replace(2, compute(evaluation_, static_cast<BinaryOperator>(instruction.detail),
                                  top_[-2], top()));
      case OpCode::Compare: return replace(2, Term::boolean(compare_top(instruction)));
      case OpCode::CompareChain: return compare_chain(instruction);
      case OpCode::Concat: return concat(operand);
      case OpCode::MakeList: return make_sequence(operand, false);
      case OpCode::MakeTuple: return make_sequence(operand, true);
      case OpCode::MakeMap: return make_map(operand);
      case OpCode::StoreMember: return store_member(code_.names[operand]);
      case OpCode::Unpack: return unpack(operand);
      default: return step_loop(instruction);
    }
  }

  void step_loop(const Instruction& instruction) {
    const std::uint32_t operand = instruction.operand;
    switch (instruction.op) {
      case OpCode::LoopBegin: return begin_loop(operand);
      case OpCode::LoopNext: return next_in_loop(instruction);
      case OpCode::LoopKeep: return keep_in_loop(*locals_[operand].as_loop());
      case OpCode::LoopRestart: return restart_loop(*locals_[operand].as_loop());
      case OpCode::JumpIfLooped:
        return jump_if(locals_[instruction.count].as_loop()->items.size() > 0, instruction);
      case OpCode::CaptureBegin:
        locals_[operand] = Term::integer(static_cast<std::int64_t>(out_.size()));
        return;
      case OpCode::CaptureEnd: return end_capture(operand);
      default: return;
    }
  }

  void put_out(std::string_view text) {
    out_.append(text);
    if (out_.size() > kTextBytesMax) {
      evaluation_.fail("output is too long");
    }
  }

  void load_slot(std::size_t slot) {
    const Value* const value = evaluation_.context().value(slot);
    push(value == nullptr ? Term() : Term::of(*value));
  }

  void load_path(const Path& path) {
    const PathEnd end = follow(path, evaluation_.context());
    Term term = end.value == nullptr ? Term() : Term::of(*end.value);
    for (std::size_t i = end.keys_used; i < path.keys.size() && evaluation_.ok(); ++i) {
      const Path::Key& key = path.keys[i];
      term = subscript(evaluation_, term,
                       key.is_index ? Term::integer(key.index) : Term::text(key.name));
    }
    push(term);
  }

  void jump_or_drop(bool jump, const Instruction& instruction) {
    if (jump) {
      next_ = instruction.operand;
    } else {
      --top_;
    }
  }

  void call(const Instruction& instruction) {
    const CallSite& site = code_.calls[instruction.operand];
    const std::span<const Term> arguments(top_ - instruction.count, instruction.count);
    charge_for(arguments);
    replace(instruction.count,
            site.spec->native(FunctionCall{evaluation_, arguments, site.prepared.get()}));
    check_length(top());
  }

  void call_method(const Instruction& instruction) {
    const std::span<const Term> arguments(top_ - instruction.count, instruction.count);
    charge_for(arguments);
    const FunctionSpec* const spec =
        method_of(code_.calls[instruction.operand].methods, arguments[0].kind());
    // As in the reference, a method that a value does not have is undefined.
    replace(instruction.count, spec == nullptr ? evaluation_.fail_undefined()
                                               : call_function(evaluation_, *spec, arguments));
    check_length(top());
  }

  // What filters and methods do takes about as long as their texts are.
  void charge_for(std::span<const Term> arguments) {
    std::size_t length = 0;
    for (const Term& argument : arguments) {
      length += argument.is(Term::Kind::Text) ? argument.text().size() : 0;
    }
    evaluation_.spend(length / 8);
  }

  // So that a chain of filters that each make a text longer ends.
  void check_length(const Term& term) {
    if (term.is(Term::Kind::Text) && term.text().size() > kTextBytesMax) [[unlikely]] {
      evaluation_.fail("text is too long");
    }
  }

  bool compare_top(const Instruction& instruction) {
    return compare(evaluation_, static_cast<Comparison>(instruction.detail), top_[-2], top());
  }

  void compare_chain(const Instruction& instruction) {
    const bool holds = compare_top(instruction);
    replace(2, holds ? top() : Term::boolean(false));
    jump_if(!holds, instruction);
  }

  void concat(std::size_t count) {
    std::string joined;
    for (const Term* term = top_ - count; term != top_; ++term) {
      append_text(evaluation_, joined, *term);
    }
    evaluation_.spend(joined.size() / 64);
    replace(count, evaluation_.heap().text(joined));
  }

  void make_sequence(std::size_t count, bool tuple) {
    TermList* const items = evaluation_.heap().make_list();
    items->assign(top_ - count, top_);
    replace(count, tuple ? Term::tuple(items) : Term::list(items));
  }

  void make_map(std::size_t count) {
    TermMap* const members = evaluation_.heap().make_map();
    members->reserve(count / 2);
    for (const Term* key = top_ - count; key != top_ && evaluation_.ok(); key += 2) {
      set_member(evaluation_, *members, key[0], key[1]);
    }
    replace(count, Term::map(members));
  }

  void store_member(std::string_view name) {
    const Term object = pop();
    const Term value = pop();
    if (!object.is(Term::Kind::Namespace)) {
      evaluation_.fail("members can only be assigned on a namespace");
      return;
    }
    set_member(evaluation_, *object.own_map(), Term::text(name), value);
  }

  void unpack(std::size_t count) {
    const Term items = items_of(evaluation_, pop());
    if (evaluation_.ok() && items.size() != count) {
      evaluation_.fail(
          fmt::format("{} values cannot be assigned to {} variables", items.size(), count));
    }
    for (std::size_t i = count; i > 0; --i) {
      push(evaluation_.ok() ? items.item(i - 1) : Term());
    }
  }

  void begin_loop(std::size_t local) {
    LoopState* const loop = evaluation_.heap().make_loop();
    loop->items = items_of(evaluation_, pop());
    // The list may grow or shrink while the loop runs, as in Python, so no copy is made; but a
    // fault leaves nothing to go over.
    if (!evaluation_.ok()) {
      loop->items = Term::list(evaluation_.heap().make_list());
    }
    locals_[local] = Term::loop(loop);
  }

  void next_in_loop(const Instruction& instruction) {
    LoopState& loop = *locals_[instruction.count].as_loop();
    if (loop.next >= loop.items.size()) {
      next_ = instruction.operand;
      return;
    }
    push(loop.items.item(loop.next++));
  }

  void keep_in_loop(LoopState& loop) {
    if (loop.kept == nullptr) {
      loop.kept = evaluation_.heap().make_list();
    }
    if (is_true(pop())) {
      loop.kept->push_back(loop.items.item(loop.next - 1));
    }
  }

  void restart_loop(LoopState& loop) {
    loop.items = Term::list(loop.kept == nullptr ? evaluation_.heap().make_list() : loop.kept);
    loop.next = 0;
  }

  void end_capture(std::size_t local) {
    const auto start = static_cast<std::size_t>(locals_[local].as_int());
    push(evaluation_.heap().text(std::string_view(out_).substr(start)));
    out_.resize(start);
  }

  Evaluation& evaluation_;
  const Code& code_;
  std::string& out_;
  Term* const locals_;
  Term* const bottom_;
  Term* top_;
  std::size_t next_ = 0;
};

}  // namespace

Term run_code(Evaluation& evaluation, const Code& code, std::string& out, std::size_t& offset) {
  return Evaluator(evaluation, code, out).run(offset);
}

}  // namespace tendril

#include "expr/compiler.h"

#include "expr/expression_compiler.h"

namespace tendril {
namespace {

constexpr std::size_t kLocalsMax = 60'000;  // Instructions number them with 16 bits.

class TemplateCompiler {
 public:
  TemplateCompiler(std::string_view source, const Scope& scope)
      : scope_(scope), expressions_(source, scope, emitter_) {}

  Result<Code> run(const std::vector<Statement>& statements) {
    if (statements.size() == 1 && statements[0].kind == StatementKind::Output) {
      emitter_.code.is_expression = true;
      TRY(expressions_.compile(*statements[0].value));
    } else {
      TRY(declare_targets(statements));
      TRY(compile_all(statements));
    }
    if (emitter_.code.locals > kLocalsMax) {
      return expressions_.fail_at(0, "template has too many variables");
    }
    return std::move(emitter_.code);
  }

 private:
  Status compile_all(const std::vector<Statement>& statements) {
    for (const Statement& statement : statements) {
      TRY(compile(statement));
    }
    return {};
  }

  Status compile(const Statement& statement) {
    switch (statement.kind) {
      case StatementKind::Text:
        emitter_.emit(OpCode::Text, 0, statement.offset, emitter_.text(statement.text));
        return {};
      case StatementKind::Output: return compile_output(statement);
      case StatementKind::If: return compile_if(statement);
      case StatementKind::For: return compile_for(statement);
      case StatementKind::Set: return compile_set(statement);
      case StatementKind::Capture: return compile_capture(statement);
    }
    return {};
  }

  Status compile_output(const Statement& statement) {
    TRY(expressions_.compile(*statement.value));
    emitter_.emit(OpCode::Output, -1, statement.offset);
    return {};
  }

  Status compile_set(const Statement& statement) {
    TRY(expressions_.compile(*statement.value));
    return store(statement);
  }

  Status compile_if(const Statement& statement) {
    TRY(expressions_.compile(*statement.value));
    const std::size_t to_other = emitter_.emit(OpCode::JumpIfFalse, -1, statement.offset);
    TRY(compile_all(statement.body));
    const std::size_t to_end = emitter_.emit(OpCode::Jump, 0, statement.offset);
    emitter_.land(to_other);
    TRY(compile_all(statement.otherwise));
    emitter_.land(to_end);
    return {};
  }

  Status compile_for(const Statement& statement) {
    TRY(expressions_.compile(*statement.value));
    const std::size_t loop = emitter_.unnamed_local();
    emitter_.emit(OpCode::LoopBegin, -1, statement.offset, loop);
    if (statement.condition != nullptr) {
      TRY(compile_condition(statement, loop));
    }
    const std::uint32_t start = emitter_.next();
    const std::size_t exit = emitter_.emit(OpCode::LoopNext, +1, statement.offset, {.count = loop});
    emitter_.open_block();
    for (const Target& target : statement.targets) {
      emitter_.declare(target.name);
    }
    TRY(store(statement));
    const std::size_t variable = emitter_.declare("loop");
    emitter_.emit(OpCode::Local, +1, statement.offset, loop);
    emitter_.emit(OpCode::StoreLocal, -1, statement.offset, variable);
    TRY(declare_targets(statement.body));
    TRY(compile_all(statement.body));
    emitter_.close_block();
    emitter_.emit(OpCode::Jump, 0, statement.offset, start);
    emitter_.land(exit);
    if (!statement.otherwise.empty()) {
      const std::size_t to_end =
          emitter_.emit(OpCode::JumpIfLooped, 0, statement.offset, {.count = loop});
      TRY(compile_all(statement.otherwise));
      emitter_.land(to_end);
    }
    return {};
  }

  // "{% for x in xs if x.good %}": goes over all items first and keeps the good ones, so that
  // loop.length and its like count only those.
  Status compile_condition(const Statement& statement, std::size_t loop) {
    const std::uint32_t start = emitter_.next();
    const std::size_t exit = emitter_.emit(OpCode::LoopNext, +1, statement.offset, {.count = loop});
    emitter_.open_block();
    for (const Target& target : statement.targets) {
      emitter_.declare(target.name);
    }
    TRY(store(statement));
    TRY(expressions_.compile(*statement.condition));
    emitter_.close_block();
    emitter_.emit(OpCode::LoopKeep, -1, statement.offset, loop);
    emitter_.emit(OpCode::Jump, 0, statement.offset, start);
    emitter_.land(exit);
    emitter_.emit(OpCode::LoopRestart, 0, statement.offset, loop);
    return {};
  }

  // Stores the value on the stack into the targets.
  Status store(const Statement& statement) {
    const std::size_t count = statement.targets.size();
    if (count > 1) {
      emitter_.emit(OpCode::Unpack, static_cast<int>(count) - 1, statement.offset, count);
    }
    for (const Target& target : statement.targets) {
      if (target.attribute.empty()) {
        emitter_.emit(OpCode::StoreLocal, -1, statement.offset, emitter_.declare(target.name));
        continue;
      }
      TRY(expressions_.load_name(target.name, statement.offset));
      emitter_.emit(OpCode::StoreMember, -2, statement.offset, emitter_.name(target.attribute));
    }
    return {};
  }

  Status compile_capture(const Statement& statement) {
    const std::size_t local = emitter_.unnamed_local();
    emitter_.emit(OpCode::CaptureBegin, 0, statement.offset, local);
    TRY(compile_all(statement.body));
    emitter_.emit(OpCode::CaptureEnd, +1, statement.offset, local);
    if (statement.value != nullptr) {
      emitter_.emit(OpCode::StoreLocal, -1, statement.offset, local);
      expressions_.set_captured(local);
      const Status compiled = expressions_.compile(*statement.value);
      expressions_.set_captured(std::nullopt);
      TRY(compiled);
    }
    return store(statement);
  }

  // A variable that is set somewhere in a block has the value from outside until then. Declares
  // those that `statements` set, with these values.
  Status declare_targets(const std::vector<Statement>& statements) {
    for (const Statement& statement : statements) {
      const bool sets =
          statement.kind == StatementKind::Set || statement.kind == StatementKind::Capture;
      for (const Target& target : statement.targets) {
        if (!sets || !target.attribute.empty() || emitter_.declared_in_block(target.name)) {
          continue;
        }
        const auto outside = emitter_.local(target.name);
        const auto slot = scope_.slot(target.name);
        const OpCode load = outside ? OpCode::Local : slot ? OpCode::Slot : OpCode::Undefined;
        emitter_.emit(load, +1, statement.offset, outside ? *outside : slot.value_or(0));
        emitter_.emit(OpCode::StoreLocal, -1, statement.offset, emitter_.declare(target.name));
      }
      if (statement.kind == StatementKind::If || statement.kind == StatementKind::Capture) {
        TRY(declare_targets(statement.body));
        TRY(declare_targets(statement.otherwise));
      }
    }
    return {};
  }

  const Scope& scope_;
  Emitter emitter_;
  ExpressionCompiler expressions_;
};

}  // namespace

Result<Code> compile_template(std::string_view source, const std::vector<Statement>& statements,
                              const Scope& scope) {
  return TemplateCompiler(source, scope).run(statements);
}

}  // namespace tendril

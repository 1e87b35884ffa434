#include "cli/completion.h"

#include <gmock/gmock.h>

namespace tendril {
namespace {

using testing::HasSubstr;

CommandShape program() {
  CommandShape sync;
  sync.name = "sync";
  sync.summary = "Read a source's streams";
  sync.takes_source = true;
  sync.options = {{{"-t", "--to"}, "Where to", {}, true, false},
                  {{"--mode"}, "How", {"append", "merge"}, true, false}};
  CommandShape root;
  root.options = {{{"--version"}, "Which", {}, false, false}};
  root.commands = {sync};
  return root;
}

TEST(BashCompletion, OffersCommandsOptionsChoicesAndSources) {
  const std::string script = bash_completion(program());

  EXPECT_THAT(script, HasSubstr("':sync') path='sync' ;;"));
  EXPECT_THAT(script, HasSubstr("compgen -W '-t --to --mode'"));
  EXPECT_THAT(script, HasSubstr("--mode) COMPREPLY=($(compgen -W 'append merge'"));
  EXPECT_THAT(script, HasSubstr("tendril connectors --names"));
  EXPECT_THAT(script, HasSubstr("complete -o filenames -o bashdefault -F _tendril tendril"));
}

TEST(ZshCompletion, RunsTheOneOfBash) {
  EXPECT_THAT(zsh_completion(program()), HasSubstr("bashcompinit"));
}

TEST(FishCompletion, QuotesSummaries) {
  const std::string script = fish_completion(program());

  EXPECT_THAT(script,
              HasSubstr("-n '__fish_use_subcommand' -a sync -d 'Read a source'\\''s streams'"));
  EXPECT_THAT(
      script,
      HasSubstr("-n '__fish_seen_subcommand_from sync' -l mode -x -a 'append merge' -d 'How'"));
}

}  // namespace
}  // namespace tendril

// Runs one fuzzer's function over the files of some folders, with any compiler: what a fuzzer once
// reached is reached by the tests too. Prints each file's name first, so that the last one is the
// one that failed.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  std::size_t inputs = 0;
  for (int i = 1; i < argc; ++i) {
    std::error_code fault;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(argv[i], fault)) {
      if (!entry.is_regular_file()) {
        continue;
      }
      std::puts(entry.path().c_str());
      std::fflush(stdout);
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string input(std::istreambuf_iterator<char>(file), {});
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
      ++inputs;
    }
    if (fault) {
      std::fprintf(stderr, "%s: %s\n", argv[i], fault.message().c_str());
      return 1;
    }
  }
  if (inputs == 0) {
    std::fputs("usage: …_replay FOLDER…  (with files in them)\n", stderr);
    return 2;
  }
  return 0;
}

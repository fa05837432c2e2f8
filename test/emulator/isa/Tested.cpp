#include "test/emulator/isa/Tested.h"

#include "test/emulator/isa/Harness.h"
#include "test/emulator/isa/coverage/Survey.h"

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

namespace qcc::emulator::test {

namespace {

/// Machine code of one line alone; a label that it names stands behind it.
std::vector<uint8_t> assembleAlone(const std::string &chip, const std::string &line) {
  const std::string labelled = line + "\n" + line.substr(line.rfind(' ') + 1) + ":\n";
  for (const std::string features : {"", "+wavefrontsize64"}) {
    for (const std::string &text : {line, labelled}) {
      if (assembles(chip, text, features)) {
        return assemble(chip, text, features);
      }
    }
  }
  return assemble(chip, line); // fails, and says so
}

/// Written to the file when the process ends.
class Record {
public:
  ~Record() {
    if (path == nullptr) {
      return;
    }
    std::ofstream file(path);
    for (const auto &[chip, mnemonic] : tested) {
      file << chip << " " << mnemonic << "\n";
    }
  }
  void note(const std::string &chip, const std::string &line) {
    if (path != nullptr && lines.emplace(chip, line).second) {
      for (const std::string &mnemonic : coverage::mnemonicsOf(chip, assembleAlone(chip, line))) {
        tested.emplace(chip, mnemonic);
      }
    }
  }

private:
  const char *path = std::getenv("QCC_ISA_TESTED");
  std::set<std::pair<std::string, std::string>> lines, tested;
};

} // namespace

void noteTested(const std::string &chip, const std::string &line) {
  static Record record;
  record.note(chip, line);
}

std::string takeMarks(const std::string &chip, const std::string &text) {
  if (text.find('\n') == std::string::npos && !text.starts_with(">")) {
    noteTested(chip, text);
    return text;
  }
  std::istringstream lines(text);
  std::string plain;
  for (std::string line; std::getline(lines, line); plain += line + "\n") {
    if (line.starts_with(">")) {
      line.erase(0, 1);
      noteTested(chip, line);
    }
  }
  return plain;
}

} // namespace qcc::emulator::test

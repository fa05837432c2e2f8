// qcc-isa-coverage: a table of what LLVM can encode for each chip, what the emulator knows of it
// and what its tests execute. The docs keep the table; a test compares.
//
//   qcc-isa-coverage --tested=FILE            prints docs/emulator_coverage.md
//   qcc-isa-coverage --tested=FILE --missing  prints what is not known or not tested
//   qcc-isa-coverage --tested=FILE --check=PAGE  fails when PAGE is stale or too little is covered
#include "test/emulator/isa/coverage/Survey.h"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

namespace qcc::emulator::coverage {

namespace {

struct Goal {
  const char *chip;
  unsigned percent; // of the instructions that LLVM has
};
constexpr Goal goals[] = {
    {"gfx90a", 80}, {"gfx942", 90}, {"gfx950", 80}, {"gfx1100", 90}, {"gfx1201", 80}};

using Tested = std::set<std::pair<std::string, std::string>>; // chip, mnemonic

struct Counts {
  unsigned llvm = 0, known = 0, tested = 0;
  void add(const Counts &other) {
    llvm += other.llvm;
    known += other.known;
    tested += other.tested;
  }
};

struct ChipTable {
  std::string chip;
  Survey survey;
  std::map<std::string, Counts> families;
  Counts all;
  std::vector<std::string> unknown, untested;
};

ChipTable tableOf(const std::string &chip, const Tested &tested) {
  ChipTable table{chip, survey(chip), {}, {}, {}, {}};
  for (const auto &[name, known] : table.survey.instructions) {
    const bool hasTest = known.binds && tested.contains({chip, name});
    const Counts one{1, known.binds, hasTest};
    table.families[known.family].add(one);
    table.all.add(one);
    if (!known.binds) {
      table.unknown.push_back(known.family + " " + name);
    } else if (!hasTest) {
      table.untested.push_back(known.family + " " + name);
    }
  }
  return table;
}

std::string cells(const Counts &c) {
  return std::to_string(c.llvm) + " | " + std::to_string(c.known) + " | " +
         std::to_string(c.tested);
}

void printPage(const std::vector<ChipTable> &tables, std::ostream &out) {
  out << "# What the emulated instruction set covers\n\n"
         "Printed by `qcc-isa-coverage`; a test compares. For each chip and encoding: instructions "
         "that\nLLVM's disassembler knows (each opcode walked, with legal operands), how many of "
         "them the\nemulator decodes and executes, and how many are an instruction under test in "
         "its tests.\nAn instruction is a mnemonic; it counts in the first encoding that has "
         "it.\n";
  for (const ChipTable &table : tables) {
    out << "\n## " << table.chip << "\n\n| encoding | LLVM | known | tested |\n|---|---|---|---|\n";
    for (const auto &[family, counts] : table.families) {
      out << "| " << family << " | " << cells(counts) << " |\n";
    }
    out << "| **all** | " << cells(table.all) << " |\n";
    if (!table.unknown.empty()) {
      out << "\nNot known:";
      for (const std::string &name : table.unknown) {
        out << " `" << name.substr(name.find(' ') + 1) << "`";
      }
      out << "\n";
    }
  }
  out << "\n## The same instructions through other encodings\n\nForms that decode, of those that "
         "LLVM has.\n\n| chip | encoding | LLVM | known |\n|---|---|---|---|\n";
  std::map<std::string, std::set<std::string>> excluded;
  for (const ChipTable &table : tables) {
    for (const auto &[family, form] : table.survey.forms) {
      out << "| " << table.chip << " | " << family << " | " << form.llvm << " | "
          << form.llvm - form.unbound.size() << " |\n";
    }
    for (const auto &[reason, names] : table.survey.excluded) {
      excluded[reason].insert(names.begin(), names.end());
    }
  }
  out << "\n## Not counted\n\nNo compute kernel has these. Image and export encodings are not "
         "walked at all.\n";
  for (const auto &[reason, names] : excluded) {
    out << "\n* " << reason << ":";
    for (const std::string &name : names) {
      out << " `" << name << "`";
    }
  }
  out << "\n";
}

void printMissing(const std::vector<ChipTable> &tables, std::ostream &out) {
  for (const ChipTable &table : tables) {
    for (const std::string &name : table.unknown) {
      out << table.chip << " unknown " << name << "\n";
    }
    for (const std::string &name : table.untested) {
      out << table.chip << " untested " << name << "\n";
    }
    for (const auto &[family, form] : table.survey.forms) {
      for (const std::string &name : form.unbound) {
        out << table.chip << " unbound " << family << " " << name << "\n";
      }
    }
  }
}

Tested readTested(const std::string &path) {
  Tested tested;
  std::ifstream file(path);
  for (std::string chip, name; file >> chip >> name;) {
    tested.emplace(chip, name);
  }
  return tested;
}

/// Reports on stderr what is wrong; true when nothing is.
bool check(const std::vector<ChipTable> &tables, const std::string &page) {
  std::ostringstream now, kept;
  printPage(tables, now);
  kept << std::ifstream(page).rdbuf();
  bool good = now.str() == kept.str();
  if (!good) {
    std::cerr << page << " is not what qcc-isa-coverage prints now\n";
  }
  for (size_t n = 0; n < tables.size(); ++n) {
    const ChipTable &table = tables[n];
    if (table.all.known * 100 < table.all.llvm * goals[n].percent) {
      std::cerr << table.chip << ": less than " << goals[n].percent << " % known\n";
      good = false;
    }
    for (const std::string &name : table.untested) {
      std::cerr << table.chip << ": " << name << " has no test\n";
      good = false;
    }
  }
  return good;
}

int run(int argc, char **argv) {
  std::string tested, page;
  bool missing = false;
  for (int n = 1; n < argc; ++n) {
    const std::string argument = argv[n];
    if (argument.starts_with("--tested=")) {
      tested = argument.substr(9);
    } else if (argument.starts_with("--check=")) {
      page = argument.substr(8);
    } else if (argument == "--missing") {
      missing = true;
    } else {
      std::cerr << "usage: qcc-isa-coverage --tested=FILE [--missing | --check=PAGE]\n";
      return 2;
    }
  }
  std::vector<ChipTable> tables;
  for (const Goal &goal : goals) {
    tables.push_back(tableOf(goal.chip, readTested(tested)));
  }
  if (!page.empty()) {
    return check(tables, page) ? 0 : 1;
  }
  missing ? printMissing(tables, std::cout) : printPage(tables, std::cout);
  return 0;
}

} // namespace

} // namespace qcc::emulator::coverage

int main(int argc, char **argv) {
  return qcc::emulator::coverage::run(argc, argv);
}

// Runs the programs of build/bin as a user does, and keeps what they say.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace qcc::test {

/// How a program ended, and what it wrote to stdout and stderr. -1: it was killed or never began.
struct Outcome {
  int exitCode = -1;
  std::string output, errors;
};

using Environment = std::map<std::string, std::string>;

/// Runs build/bin/`program` to its end; `environment` is added to the test's own.
Outcome run(const std::string &program, const std::vector<std::string> &arguments,
            const Environment &environment = {});

/// Ids with commas between, as the programs' options take them.
std::string joined(const std::vector<int> &ids);

/// The content of a file; empty if there is none.
std::string readFile(const std::string &path);

/// A folder for one test, removed at its end.
class ScratchFolder {
public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder &) = delete;

  /// The path of `name` in the folder; nothing is made.
  std::string file(const std::string &name) const { return path + "/" + name; }
  /// Makes a file, and returns its path.
  std::string write(const std::string &name, const std::string &bytes) const;
  std::string path;
};

} // namespace qcc::test

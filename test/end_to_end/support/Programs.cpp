#include "test/end_to_end/support/Programs.h"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace qcc::test {

namespace {

/// The test's environment with `added` before it, where lookups find it first.
std::vector<std::string> environmentWith(const Environment &added) {
  std::vector<std::string> all;
  for (const auto &[name, value] : added) {
    all.push_back(name + "=" + value);
  }
  for (char **entry = environ; *entry; ++entry) {
    std::string text = *entry;
    if (!added.contains(text.substr(0, text.find('=')))) {
      all.push_back(std::move(text));
    }
  }
  return all;
}

/// The strings as exec wants them; they must outlive the result.
std::vector<char *> pointers(std::vector<std::string> &strings) {
  std::vector<char *> result;
  for (std::string &text : strings) {
    result.push_back(text.data());
  }
  result.push_back(nullptr);
  return result;
}

} // namespace

Outcome run(const std::string &program, const std::vector<std::string> &arguments,
            const Environment &environment) {
  ScratchFolder folder;
  std::string output = folder.file("stdout"), errors = folder.file("stderr");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  constexpr int flags = O_WRONLY | O_CREAT;
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(), flags, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors.c_str(), flags, 0600);
  std::vector<std::string> words{QCC_BUILD_DIR "/bin/" + program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environmentWith(environment);
  pid_t child = 0;
  int status = posix_spawn(&child, words[0].c_str(), &actions, nullptr, pointers(words).data(),
                           pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (status != 0 || waitpid(child, &status, 0) < 0) {
    return {-1, "", "cannot run " + words[0]};
  }
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, readFile(output), readFile(errors)};
}

std::string joined(const std::vector<int> &ids) {
  std::string text;
  for (int id : ids) {
    text += (text.empty() ? "" : ",") + std::to_string(id);
  }
  return text;
}

std::string readFile(const std::string &path) {
  std::ifstream stream(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

ScratchFolder::ScratchFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "qcc-test-XXXXXX").string();
  path = mkdtemp(pattern.data());
}

ScratchFolder::~ScratchFolder() {
  std::error_code error;
  std::filesystem::remove_all(path, error);
}

std::string ScratchFolder::write(const std::string &name, const std::string &bytes) const {
  std::ofstream(file(name), std::ios::binary) << bytes;
  return file(name);
}

} // namespace qcc::test

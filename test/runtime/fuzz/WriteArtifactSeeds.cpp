// Writes the inputs that fuzzing of the artifact reader starts from: write_artifact_seeds FOLDER
#include "test/runtime/support/ArtifactBuilder.h"

#include <fstream>

/// Writes a fuzzer input: its kind, then its content.
static void write(const std::filesystem::path &path, char kind, const std::vector<uint8_t> &bytes) {
  std::ofstream stream(path, std::ios::binary);
  stream.put(kind).write(reinterpret_cast<const char *>(bytes.data()), bytes.size());
}

int main(int argc, char **argv) {
  if (argc != 2) {
    return 1;
  }
  std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  qcc::test::Artifact artifact;
  write(folder / "artifact", 0, artifact.build());
  write(folder / "program", 1, artifact.buildProgram());
  artifact.addSampling();
  write(folder / "sampling-artifact", 0, artifact.build());
  write(folder / "sampling-program", 1, artifact.buildProgram());
  return 0;
}

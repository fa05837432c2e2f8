// An artifact's bytes, to be damaged: its sections, and the seal that a forger would renew.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace qcc::test {

class ArtifactFile {
public:
  /// Reads the file; a test that cannot use it fails on an empty list of sections.
  explicit ArtifactFile(const std::string &path);

  struct Section {
    std::string name;
    uint64_t offset, bytes;
  };
  /// Sections with bytes in the file, in the file's order.
  std::vector<Section> sections;
  std::string bytes;

  const Section &section(const std::string &name) const;
  /// Sets the program's format version and makes its hash in the seal right again.
  void setVersion(uint32_t version);
};

} // namespace qcc::test

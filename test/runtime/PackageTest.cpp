// The artifact reader: what it accepts, and how it refuses everything else.
#include "runtime/package/Package.h"
#include "test/runtime/support/ArtifactBuilder.h"

#include <algorithm>
#include <elf.h>
#include <functional>
#include <gmock/gmock.h>

using namespace qcc;
using namespace qcc::runtime;
using qcc::test::Artifact;
using testing::HasSubstr;

/// The status of reading these bytes as "a.hsaco".
static Status read(const std::vector<uint8_t> &bytes) {
  return Package::parse(bytes, "a.hsaco").status();
}

/// The status of reading an artifact after `edit` changed its parts.
static Status readEdited(const std::function<void(Artifact &)> &edit) {
  Artifact artifact;
  edit(artifact);
  return read(artifact.build());
}

TEST(Package, GivesOutItsParts) {
  Artifact artifact;
  artifact.tokenizer = {1, 2, 3};
  std::string path = test::writeTemporary("good.hsaco", artifact.build());
  auto package = Package::open(path);
  ASSERT_TRUE(package.ok()) << package.status().message;
  EXPECT_EQ((*package)->program().chip()->str(), "gfx942");
  EXPECT_TRUE(std::ranges::equal((*package)->weights(), artifact.weights));
  EXPECT_TRUE(std::ranges::equal((*package)->tokenizer(), artifact.tokenizer));
  // Dropped pages come back with the same content.
  (*package)->dropPages((*package)->weights());
  EXPECT_TRUE(std::ranges::equal((*package)->weights(), artifact.weights));
}

TEST(Package, RestoresTheLinkersElfHeader) {
  Artifact artifact;
  std::vector<uint8_t> bytes = artifact.build();
  auto package = Package::parse(bytes, "a.hsaco");
  ASSERT_TRUE(package.ok()) << package.status().message;
  const auto *header = reinterpret_cast<const Elf64_Ehdr *>((*package)->codeObject().data());
  EXPECT_EQ(header->e_shoff, artifact.program.code_header->e_shoff());
  EXPECT_EQ(header->e_shnum, artifact.program.code_header->e_shnum());
  EXPECT_EQ(header->e_shoff + header->e_shnum * sizeof(Elf64_Shdr),
            (*package)->codeObject().size());
}

TEST(Package, RefusesAMissingFile) {
  Status status = Package::open("/nonexistent/a.hsaco").status();
  EXPECT_EQ(status.code, StatusCode::NotFound);
  EXPECT_THAT(status.message, HasSubstr("No such file"));
}

TEST(Package, RefusesFoldersAndEmptyFiles) {
  EXPECT_EQ(Package::open("/tmp").status().code, StatusCode::IoError);
  Status status = Package::open(test::writeTemporary("empty.hsaco", {})).status();
  EXPECT_EQ(status.code, StatusCode::Corrupt);
  EXPECT_THAT(status.message, HasSubstr("empty"));
}

TEST(Package, RefusesEveryTruncation) {
  std::vector<uint8_t> bytes = Artifact().build();
  for (size_t size = 0; size < bytes.size(); size += 13) {
    std::vector<uint8_t> cut(bytes.begin(), bytes.begin() + size);
    Status status = read(cut);
    ASSERT_EQ(status.code, StatusCode::Corrupt) << "cut to " << size;
    ASSERT_THAT(status.message, HasSubstr("a.hsaco: ")) << "cut to " << size;
  }
}

TEST(Package, RefusesABitFlippedInAnySectionButTheWeights) {
  Artifact artifact;
  artifact.tokenizer = {1, 2, 3, 4, 5, 6, 7};
  std::vector<uint8_t> bytes = artifact.build();
  for (const test::Part &part : test::partsOf(bytes)) {
    if (part.name == ".qcc.weights") {
      continue; // checked while they are uploaded
    }
    for (size_t i = 0; i < part.bytes; ++i) {
      bytes[part.offset + i] ^= 1u << i % 8;
      Status status = read(bytes);
      bytes[part.offset + i] ^= 1u << i % 8;
      ASSERT_EQ(status.code, StatusCode::Corrupt) << part.name << " byte " << i;
      ASSERT_THAT(status.message, HasSubstr("; compile the model again")) << part.name;
    }
  }
}

TEST(Package, NamesTheDamagedPart) {
  Artifact artifact;
  artifact.tokenizer = {1, 2, 3, 4, 5, 6, 7};
  std::vector<uint8_t> bytes = artifact.build();
  for (const test::Part &part : test::partsOf(bytes)) {
    if (part.name != ".qcc.program" && part.name != ".qcc.tokenizer") {
      continue;
    }
    bytes[part.offset + part.bytes / 2] ^= 4;
    EXPECT_THAT(read(bytes).message, HasSubstr("section " + part.name + " does not match"));
    bytes[part.offset + part.bytes / 2] ^= 4;
  }
}

TEST(Package, RefusesANewerVersion) {
  Status status = readEdited([](Artifact &artifact) { artifact.program.version = 3; });
  EXPECT_EQ(status.code, StatusCode::UnsupportedVersion);
  EXPECT_THAT(status.message, HasSubstr("version 3"));
}

/// A program that contradicts itself, and a part of the sentence that says so.
struct BadProgram {
  const char *name;
  std::function<void(Artifact &)> edit;
  const char *message;
};

class BadProgramTest : public testing::TestWithParam<BadProgram> {};

TEST_P(BadProgramTest, IsRefused) {
  Status status = readEdited(GetParam().edit);
  EXPECT_EQ(status.code, StatusCode::Corrupt);
  EXPECT_THAT(status.message, HasSubstr(GetParam().message));
}

/// A persistent form of the first entry point that is right.
static fb::PersistentT &persistentOf(Artifact &artifact) {
  fb::EntryPointT &entry = *artifact.program.entry_points[0];
  entry.persistent = std::make_unique<fb::PersistentT>();
  entry.persistent->kernel = "step";
  entry.persistent->workgroup = entry.launches[0]->workgroup[0];
  entry.persistent->workgroups = 1;
  entry.persistent->command_arguments = 3;
  entry.persistent->phases = {"step"};
  return *entry.persistent;
}

TEST(Package, TakesAPersistentKernel) {
  EXPECT_TRUE(readEdited([](Artifact &artifact) { persistentOf(artifact); }).ok());
}

/// The first launch of the first entry point.
static fb::LaunchT &launchOf(Artifact &artifact) {
  return *artifact.program.entry_points[0]->launches[0];
}

static const BadProgram badPrograms[] = {
    {"NoVersion", [](Artifact &a) { a.program.version = 0; }, "no version"},
    {"NoVocabulary", [](Artifact &a) { a.program.model->vocabulary_size = 0; }, "vocabulary"},
    {"HugeVocabulary", [](Artifact &a) { a.program.model->vocabulary_size = ~0u; }, "vocabulary"},
    {"NoContext", [](Artifact &a) { a.program.model->max_context = 0; }, "no position"},
    {"EndIdOutside", [](Artifact &a) { a.program.model->end_of_sequence = {32}; }, "id 32"},
    {"FewerRowsThanSequences", [](Artifact &a) { a.program.model->max_batch = 5; }, "row a seq"},
    {"StateOverlap", [](Artifact &a) { a.program.state->slots = 20; }, "overlap"},
    {"StateOutside", [](Artifact &a) { a.program.state->bytes = 76; }, "outside"},
    {"StateUnaligned", [](Artifact &a) { a.program.state->logit_index = 66; }, "state memory"},
    {"StateHuge", [](Artifact &a) { a.program.state->bytes = 1ull << 60; }, "larger than"},
    {"NoEntryPoints", [](Artifact &a) { a.program.entry_points.clear(); }, "largest entry"},
    {"Unsorted", [](Artifact &a) { a.program.entry_points[1]->row_capacity = 2; }, "not sorted"},
    {"UnknownKernel", [](Artifact &a) { launchOf(a).kernel = "ghost"; }, "launches 'ghost'"},
    {"GridOfTwo", [](Artifact &a) { launchOf(a).grid = {1, 1}; }, "three dimensions"},
    {"GridOfZero", [](Artifact &a) { launchOf(a).grid[1] = 0; }, "above zero"},
    {"HugeGrid", [](Artifact &a) { launchOf(a).grid[0] = ~0u; }, "2^32-1"},
    {"HugeWorkgroup", [](Artifact &a) { launchOf(a).workgroup[0] = 2048; }, "1024 work-items"},
    {"OffsetOutside",
     [](Artifact &a) { launchOf(a).arguments[2] = fb::Argument(fb::Memory::weights, 10000); },
     "outside the weights memory"},
    {"PersistentGhost", [](Artifact &a) { persistentOf(a).kernel = "ghost"; }, "persistent kernel"},
    {"PersistentEmpty", [](Artifact &a) { persistentOf(a).workgroup = 0; }, "impossible size"},
    {"PersistentHuge", [](Artifact &a) { persistentOf(a).workgroups = ~0u; }, "impossible size"},
    {"PersistentPhase", [](Artifact &a) { persistentOf(a).phases = {"other"}; },
     "launch of 'step'"},
    {"PersistentNarrow", [](Artifact &a) { persistentOf(a).command_arguments = 2; }, "launch of"},
    {"PersistentWide", [](Artifact &a) { persistentOf(a).command_arguments = ~0u; }, "arguments a"},
    {"PersistentOther", [](Artifact &a) { persistentOf(a).workgroup = 128; }, "launch of 'step'"},
    {"SamplerSmall", [](Artifact &a) { a.addSampling().program.sampler->slot_bytes = 64; },
     "samplers"},
    {"SamplerOverlap", [](Artifact &a) { a.addSampling().program.sampler->seen = 32; }, "overlap"},
    {"SamplerUnaligned", [](Artifact &a) { a.addSampling().program.sampler->parameters = 4; },
     "overlap"},
    {"SamplerFar", [](Artifact &a) { a.addSampling().program.sampler->seen = ~7ull; },
     "outside them"},
    {"SamplerHuge", [](Artifact &a) { a.addSampling().program.sampler->slot_bytes = 1ull << 60; },
     "samplers are larger"},
    {"SampledOverlap", [](Artifact &a) { a.addSampling().program.state->sampled = 64; }, "overlap"},
    {"SampledOutside", [](Artifact &a) { a.addSampling().program.state->sampled = 96; }, "outside"},
    {"SamplingWithoutSampler", [](Artifact &a) { a.addSampling().program.sampler.reset(); },
     "without samplers"},
    {"SamplerWithoutSampling",
     [](Artifact &a) { a.addSampling().program.entry_points[1]->sampling.clear(); },
     "without samplers"},
    {"UnknownSamplingKernel", [](Artifact &a) { a.addSampling().kernels.pop_back(); },
     "launches 'sample'"},
    {"SamplerMemoryOutside",
     [](Artifact &a) {
       a.addSampling().program.entry_points[0]->sampling[0]->arguments[2] =
           fb::Argument(fb::Memory::sampler, 256);
     },
     "outside the sampler memory"},
    {"SamplerMemoryWithoutSampler",
     [](Artifact &a) { launchOf(a).arguments[0] = fb::Argument(fb::Memory::sampler, 0); },
     "outside the sampler memory"},
    {"UnknownMemory",
     [](Artifact &a) { launchOf(a).arguments[0] = fb::Argument(fb::Memory(9), 0); },
     "unknown memory"},
};

INSTANTIATE_TEST_SUITE_P(Package, BadProgramTest, testing::ValuesIn(badPrograms),
                         [](const auto &info) { return std::string(info.param.name); });

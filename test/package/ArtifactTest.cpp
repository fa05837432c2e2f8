// The artifact's structure, read back with LLVM's ELF reader and with the runtime's.
#include "compiler/package/ArtifactWriter.h"
#include "compiler/package/WeightPacker.h"
#include "runtime/package/Package.h"
#include "test/package/WeightCase.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ELF.h"
#include "gtest/gtest.h"

#include <csignal>
#include <cstdlib>
#include <sys/resource.h>
#include <xxhash.h>

using namespace qcc;
using namespace qcc::test;
using llvm::object::ELF64LE;

namespace {

/// A planned model of two kernels and three weights, its source files in a folder of its own.
class Artifact : public testing::Test {
protected:
  Artifact() {
    std::vector<uint8_t> data;
    std::string weights = table.recipe(data, "model.data", "table", 0) +
                          norm.recipe(data, "model.data", "norm", 40960) +
                          head.recipe(data, "model.data", "head", 8192);
    writeFile(folder.file("model.data"), data);
    module = parse("module attributes {" + attributes + "} {" + weights + kernels + "}");
    code = readFile(QCC_TEST_CODE_OBJECT);
  }

  llvm::Expected<package::ArtifactReport> write(const std::string &path, unsigned threads = 0) {
    WeightFiles files(folder.path());
    Progress progress = Progress::silent();
    package::ArtifactOptions options{"qcc 0.1.0", "gfx942", "f16", threads};
    return package::writeArtifact(path, code, *module, tokenizer, files, options, progress);
  }

  /// Writes and expects success.
  package::ArtifactReport written(const std::string &path, unsigned threads = 0) {
    auto report = write(path, threads);
    EXPECT_TRUE(bool(report)) << (report ? "" : llvm::toString(report.takeError()));
    return report ? *report : package::ArtifactReport();
  }

  /// Writes, expects failure, and that no file but the source is left.
  std::string failure() {
    auto report = write(folder.file("model.hsaco"));
    std::string error = report ? "" : llvm::toString(report.takeError());
    for (auto &entry : std::filesystem::directory_iterator(folder.path())) {
      EXPECT_EQ(entry.path().filename(), "model.data");
    }
    return error;
  }

  /// The packed bytes that should lie in the weights memory.
  std::vector<uint8_t> weightsMemory() {
    WeightFiles files(folder.path());
    std::vector<uint8_t> memory(41472);
    for (auto weight : module->getOps<program::WeightOp>()) {
      auto packer = llvm::cantFail(package::WeightPacker::create(weight, files));
      for (const package::Chunk &chunk : packer.chunks()) {
        uint8_t *out = memory.data() + *weight.getOffset() + chunk.offset;
        llvm::cantFail(packer.pack(chunk, {out, static_cast<size_t>(chunk.bytes)}));
      }
    }
    return memory;
  }

  ScratchFolder folder;
  RandomWeight table{{.rows = 100, .columns = 32, .encoding = Encoding::f16}, 1};
  RandomWeight norm{{.rows = 32, .columns = 1, .encoding = Encoding::f32, .vector = true}, 2};
  RandomWeight head{{.rows = 100,
                     .columns = 32,
                     .encoding = Encoding::u4,
                     .block = 32,
                     .scale = Encoding::f16,
                     .zero = Encoding::u4,
                     .storage = Storage::blocks,
                     .tiles = Tiles{16, 4, 2, "pairs"}},
                    3};
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::vector<uint8_t> code, tokenizer = {1, 2, 3, 4, 5};

  std::string attributes = R"(
    program.memory = {arena = 4096, kv_cache = 65536, weights = 41472, state = 108, sampler = 256, row_capacity = 4,
                      max_batch = 2, max_context = 64},
    lm.model = {name = "tiny", layers = 1, vocabulary_size = 100, max_positions = 64,
                end_of_sequence = [2, 7]})";
  std::string kernels = R"(
    tile.kernel @embed(%state: !tile.buffer<global>, %table: !tile.buffer<global>)
        attributes {kind = "embed", schedule = #tile.schedule<waves = 1, rows = 1, splitK = 1,
                    stage = 32>, row_capacity = 4, workgroup = 64, grid = array<i64: 4>} {
      tile.return
    }
    tile.kernel @project(%input: !tile.buffer<global>, %weight: !tile.buffer<global>,
                         %logits: !tile.buffer<global>)
        attributes {kind = "matmul", schedule = #tile.schedule<waves = 2, rows = 1, splitK = 2,
                    stage = 32>, row_capacity = 4, workgroup = 128, grid = array<i64: 4, 2>} {
      tile.return
    }
    program.entry_point @prefill rows 4 {
      %state = program.view state at 0
      %table = program.weight_ref @table
      program.launch @embed(%state, %table)
      %logits = program.view logits at 0
      %sampler = program.view sampler at 0
      program.launch @project(%logits, %state, %sampler) sampling
    }
    program.entry_point @decode rows 1 {
      %state = program.view state at 0
      %table = program.weight_ref @table
      program.launch @embed(%state, %table)
      %input = program.view arena at 256
      %head = program.weight_ref @head
      %logits = program.view logits at 0
      program.launch @project(%input, %head, %logits)
      %sampler = program.view sampler at 0
      program.launch @project(%logits, %state, %sampler) sampling
    })";
};

} // namespace

TEST_F(Artifact, IsAnElfWithLldsSectionsAndOurs) {
  std::string path = folder.file("model.hsaco");
  written(path);
  std::vector<uint8_t> bytes = readFile(path);
  auto elf = llvm::cantFail(llvm::object::ELFFile<ELF64LE>::create(llvm::toStringRef(bytes)));
  auto original = llvm::cantFail(llvm::object::ELFFile<ELF64LE>::create(llvm::toStringRef(code)));
  auto sections = llvm::cantFail(elf.sections()), before = llvm::cantFail(original.sections());
  ASSERT_EQ(sections.size(), before.size() + 4);
  for (size_t i = 0; i < before.size(); ++i) {
    llvm::StringRef name = llvm::cantFail(original.getSectionName(before[i]));
    EXPECT_EQ(llvm::cantFail(elf.getSectionName(sections[i])), name);
    if (name != ".shstrtab") {
      EXPECT_EQ(sections[i].sh_offset, before[i].sh_offset);
      EXPECT_EQ(sections[i].sh_size, before[i].sh_size);
    }
  }
  const char *names[] = {".qcc.program", ".qcc.tokenizer", ".qcc.weights", ".qcc.seal"};
  for (size_t i = 0; i < 4; ++i) {
    const ELF64LE::Shdr &section = sections[before.size() + i];
    EXPECT_EQ(llvm::cantFail(elf.getSectionName(section)), names[i]);
    EXPECT_EQ(section.sh_type, llvm::ELF::SHT_PROGBITS);
    EXPECT_EQ(section.sh_flags, 0u);
    EXPECT_EQ(section.sh_offset % section.sh_addralign, 0u);
  }
  EXPECT_EQ(sections[before.size() + 2].sh_offset % 4096, 0u);
  // All of lld's bytes but the three fields of the header that say where the section table is.
  EXPECT_TRUE(std::equal(code.begin() + sizeof(ELF64LE::Ehdr), code.end(),
                         bytes.begin() + sizeof(ELF64LE::Ehdr)));
  auto kernels = llvm::cantFail(elf.symbols(nullptr)).size();
  EXPECT_EQ(kernels, llvm::cantFail(original.symbols(nullptr)).size());
}

TEST_F(Artifact, IsAcceptedByReadobj) {
  written(folder.file("model.hsaco"));
  std::string command = QCC_READOBJ " --headers --symbols --dyn-symbols --notes --dynamic-table " +
                        folder.file("model.hsaco") + " > " + folder.file("log") + " 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0);
  std::vector<uint8_t> log = readFile(folder.file("log"));
  llvm::StringRef text = llvm::toStringRef(log);
  EXPECT_FALSE(text.contains("warning")) << text.str();
  EXPECT_TRUE(text.contains("amdhsa.kernels"));
}

TEST_F(Artifact, OpensInTheRuntime) {
  std::string path = folder.file("model.hsaco");
  written(path);
  auto opened = runtime::Package::open(path);
  ASSERT_TRUE(opened.ok()) << opened.status().message;
  const runtime::Package &package = **opened;
  EXPECT_TRUE(std::equal(code.begin(), code.end(), package.codeObject().begin(),
                         package.codeObject().end()));
  EXPECT_TRUE(std::equal(tokenizer.begin(), tokenizer.end(), package.tokenizer().begin(),
                         package.tokenizer().end()));
  std::vector<uint8_t> memory = weightsMemory();
  EXPECT_TRUE(
      std::equal(memory.begin(), memory.end(), package.weights().begin(), package.weights().end()));
  EXPECT_EQ(package.weightsHash(), XXH3_64bits(memory.data(), memory.size()));
}

TEST_F(Artifact, HoldsTheProgram) {
  std::string path = folder.file("model.hsaco");
  written(path);
  auto opened = runtime::Package::open(path);
  ASSERT_TRUE(opened.ok()) << opened.status().message;
  const fb::Program &program = (*opened)->program();
  EXPECT_EQ(program.compiler()->str(), "qcc 0.1.0");
  EXPECT_EQ(program.chip()->str(), "gfx942");
  EXPECT_EQ(program.arena_bytes(), 4096u);
  EXPECT_EQ(program.kv_cache_bytes(), 65536u);
  EXPECT_EQ(program.model()->name()->str(), "tiny");
  EXPECT_EQ(program.model()->activations()->str(), "f16");
  EXPECT_EQ(program.model()->max_batch(), 2u);
  EXPECT_EQ(program.model()->parameters(), 100u * 32 + 32 + 100 * 32);
  EXPECT_EQ(program.model()->end_of_sequence()->size(), 2u);
  EXPECT_EQ(program.model()->end_of_sequence()->Get(1), 7u);
  EXPECT_EQ(program.state()->positions(), 48u);
  EXPECT_EQ(program.state()->sampled(), 80u);
  EXPECT_EQ(program.state()->bytes(), 108u); // three counters behind the arrays
  ASSERT_EQ(program.entry_points()->size(), 2u);
  const fb::EntryPoint &decode = *program.entry_points()->Get(0);
  EXPECT_EQ(decode.name()->str(), "decode");
  EXPECT_EQ(decode.row_capacity(), 1u);
  ASSERT_EQ(decode.launches()->size(), 2u);
  const fb::Launch &project = *decode.launches()->Get(1);
  EXPECT_EQ(project.kernel()->str(), "project");
  EXPECT_EQ(project.grid()->Get(1), 2u);
  EXPECT_EQ(project.grid()->Get(2), 1u);
  EXPECT_EQ(project.workgroup()->Get(0), 128u);
  EXPECT_EQ(project.arguments()->Get(0)->memory(), fb::Memory::arena);
  EXPECT_EQ(project.arguments()->Get(0)->offset(), 256u);
  EXPECT_EQ(project.arguments()->Get(1)->memory(), fb::Memory::weights);
  EXPECT_EQ(project.arguments()->Get(1)->offset(), 8192u);
  EXPECT_EQ(project.arguments()->Get(2)->memory(), fb::Memory::logits);
  ASSERT_EQ(decode.sampling()->size(), 1u);
  EXPECT_EQ(decode.sampling()->Get(0)->arguments()->Get(2)->memory(), fb::Memory::sampler);
  EXPECT_EQ(program.sampler()->slot_bytes(), 128u);
  EXPECT_EQ(program.sampler()->seen(), 64u);
}

TEST_F(Artifact, ReportsWhatItHolds) {
  std::string path = folder.file("model.hsaco");
  package::ArtifactReport report = written(path);
  EXPECT_EQ(report.file, std::filesystem::file_size(path));
  EXPECT_EQ(report.code, code.size());
  EXPECT_EQ(report.kernels, 2u);
  EXPECT_EQ(report.launches, 3u);
  ASSERT_EQ(report.weights.size(), 3u);
  EXPECT_EQ(report.weights[1].name, "head");
  // One row of the table, 64 bytes, on its 256; the head: values, scales and zero points.
  uint64_t head = report.weights[1].bytes;
  EXPECT_EQ(report.bytesPerToken, 256 + head);
  EXPECT_EQ(head, 128u * 128 / 2 + 2 * 128 * 2);
}

TEST_F(Artifact, IsTheSameEveryTime) {
  written(folder.file("one"), 1);
  written(folder.file("two"), 5);
  EXPECT_EQ(readFile(folder.file("one")), readFile(folder.file("two")));
}

TEST_F(Artifact, NeedsNoTokenizer) {
  tokenizer.clear();
  written(folder.file("model.hsaco"));
  auto opened = runtime::Package::open(folder.file("model.hsaco"));
  ASSERT_TRUE(opened.ok()) << opened.status().message;
  EXPECT_TRUE((*opened)->tokenizer().empty());
}

TEST_F(Artifact, ReplacesAnOlderFile) {
  std::string path = folder.file("model.hsaco");
  writeFile(path, {1, 2, 3});
  written(path);
  EXPECT_TRUE(runtime::Package::open(path).ok());
}

//===-- Failures ------------------------------------------------------------------------------===//

TEST_F(Artifact, LeavesNothingWhenAScaleIsNotANumber) {
  head.scales[42] = 0x7E01;
  std::vector<uint8_t> data;
  auto weights = table.recipe(data, "model.data", "table", 0) +
                 norm.recipe(data, "model.data", "norm", 40960) +
                 head.recipe(data, "model.data", "head", 8192);
  writeFile(folder.file("model.data"), data);
  EXPECT_EQ(failure(), "weight 'head' has a scale in row 42, block 0 that is not a finite number: "
                       "quantize the model again");
}

TEST_F(Artifact, LeavesNothingWhenTheDiskIsFull) {
  rlimit before;
  getrlimit(RLIMIT_FSIZE, &before);
  auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = {16384, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  std::string error = failure();
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(error, "cannot write '" + folder.file("model.hsaco") + "': File too large");
}

TEST_F(Artifact, NamesAFolderThatIsNotThere) {
  auto report = write(folder.file("none/model.hsaco"));
  ASSERT_FALSE(bool(report));
  EXPECT_EQ(llvm::toString(report.takeError()),
            "cannot write '" + folder.file("none/model.hsaco") + "': No such file or directory");
}

TEST_F(Artifact, RefusesWhatIsNoCodeObject) {
  code = {'n', 'o'};
  EXPECT_NE(failure(), "");
  code = readFile(QCC_TEST_CODE_OBJECT);
  code[18] = 62; // e_machine: x86-64
  EXPECT_EQ(failure(), "the code object is no AMDGPU ELF file with a section name table");
}

TEST_F(Artifact, RefusesAModuleThatIsNotPlanned) {
  auto head = module->lookupSymbol<program::WeightOp>("head");
  head.setOffset(41000);
  EXPECT_NE(failure().find("overlaps"), std::string::npos);
  head.removeOffsetAttr();
  EXPECT_EQ(failure(), "weight 'head' has no place in the weights memory yet");
  head.setOffset(8192);
  auto kernel = module->lookupSymbol<tile::KernelOp>("project");
  kernel.removeGridAttr();
  EXPECT_EQ(failure(), "kernel 'project' is launched but has no grid or workgroup");
  module->getOperation()->removeAttr("program.memory");
  EXPECT_EQ(failure(), "the module's program.memory has no integer 'arena': planning comes before "
                       "packaging");
}

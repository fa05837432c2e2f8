#include "compiler/package/ArtifactWriter.h"

#include "compiler/package/ElfImage.h"
#include "compiler/package/OutputFile.h"
#include "compiler/package/ProgramBuilder.h"
#include "compiler/package/WeightStream.h"

#include "llvm/Support/Endian.h"

#include <algorithm>
#include <xxhash.h>

using namespace qcc;
using namespace qcc::package;

// The added sections, see docs/artifact.md.
static constexpr llvm::StringLiteral programSection = ".qcc.program";
static constexpr llvm::StringLiteral tokenizerSection = ".qcc.tokenizer";
static constexpr llvm::StringLiteral weightsSection = ".qcc.weights";
static constexpr llvm::StringLiteral sealSection = ".qcc.seal";
/// What the program calls the code object in its list of sections.
static constexpr llvm::StringLiteral codeName = "code";

/// FlatBuffers align to at most this.
static constexpr uint64_t flatBuffersAlignment = 16;
/// The weights start on a page, to be mapped.
static constexpr uint64_t pageAlignment = 4096;
static constexpr uint64_t sealBytes = 2 * sizeof(uint64_t);

static uint64_t hashOf(llvm::ArrayRef<uint8_t> bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

namespace {

/// Writes one artifact: first everything whose size is known is placed, then weights are streamed,
/// then what holds their hash is written.
class ArtifactWriter {
public:
  ArtifactWriter(mlir::ModuleOp planned, llvm::ArrayRef<uint8_t> codeObject,
                 llvm::ArrayRef<uint8_t> tokenizer, const ArtifactOptions &options,
                 MemorySizes memory, ElfImage image, WeightStream weights)
      : planned(planned), codeObject(codeObject), tokenizer(tokenizer), options(options),
        memory(memory), image(std::move(image)), weights(std::move(weights)) {}

  llvm::Expected<ArtifactReport> write(llvm::StringRef path, Progress &progress);

private:
  /// The program with `weightsHash` in it.
  llvm::Expected<flatbuffers::DetachedBuffer> program(uint64_t weightsHash) const;
  void place(uint64_t programSize);
  llvm::Error writeParts(const OutputFile &file, Progress &progress);
  llvm::Error writeSealed(const OutputFile &file, llvm::ArrayRef<uint8_t> program) const;
  ArtifactReport report() const;

  mlir::ModuleOp planned;
  llvm::ArrayRef<uint8_t> codeObject, tokenizer;
  const ArtifactOptions &options;
  MemorySizes memory;
  ElfImage image;
  WeightStream weights;
  uint64_t programBytes = 0, programOffset = 0, tokenizerOffset = 0, weightsOffset = 0,
           sealOffset = 0;
};

} // namespace

llvm::Expected<flatbuffers::DetachedBuffer> ArtifactWriter::program(uint64_t weightsHash) const {
  const ElfImage::Header &header = image.codeHeader();
  ProgramFacts facts{options.compiler,
                     options.chip,
                     options.activations,
                     fb::CodeHeader(header.e_shoff, header.e_shnum, header.e_shstrndx),
                     {{codeName.str(), codeObject.size(), hashOf(codeObject)},
                      {weightsSection.str(), memory.weights, weightsHash}}};
  if (!tokenizer.empty()) {
    facts.sections.push_back({tokenizerSection.str(), tokenizer.size(), hashOf(tokenizer)});
  }
  return buildProgram(planned, memory, facts);
}

void ArtifactWriter::place(uint64_t programSize) {
  programBytes = programSize;
  programOffset = image.append(programSection, programSize, flatBuffersAlignment);
  if (!tokenizer.empty()) {
    tokenizerOffset = image.append(tokenizerSection, tokenizer.size(), flatBuffersAlignment);
  }
  weightsOffset = image.append(weightsSection, memory.weights, pageAlignment);
  sealOffset = image.append(sealSection, sealBytes, alignof(uint64_t));
  image.finish();
}

llvm::Error ArtifactWriter::writeParts(const OutputFile &file, Progress &progress) {
  if (llvm::Error error = file.write(0, codeObject)) {
    return error;
  }
  if (llvm::Error error = file.write(tokenizerOffset, tokenizer)) {
    return error;
  }
  auto sink = [&](int64_t offset, llvm::ArrayRef<uint8_t> bytes) {
    return file.write(weightsOffset + static_cast<uint64_t>(offset), bytes);
  };
  llvm::Expected<uint64_t> hash = weights.pack(options.threads, sink, progress);
  if (!hash) {
    return hash.takeError();
  }
  llvm::Expected<flatbuffers::DetachedBuffer> built = program(*hash);
  if (!built) {
    return built.takeError();
  }
  assert(built->size() == programBytes && "a program's size does not depend on its hashes");
  return writeSealed(file, {built->data(), built->size()});
}

llvm::Error ArtifactWriter::writeSealed(const OutputFile &file,
                                        llvm::ArrayRef<uint8_t> program) const {
  std::vector<uint8_t> headers(image.header());
  headers.insert(headers.end(), image.sectionNames().begin(), image.sectionNames().end());
  headers.insert(headers.end(), image.sectionHeaders().begin(), image.sectionHeaders().end());
  std::vector<uint8_t> seal(sealBytes);
  llvm::support::endian::write64le(seal.data(), hashOf(program));
  llvm::support::endian::write64le(seal.data() + sizeof(uint64_t), hashOf(headers));
  std::pair<uint64_t, llvm::ArrayRef<uint8_t>> parts[] = {
      {programOffset, program},
      {sealOffset, seal},
      {image.sectionNamesOffset(), image.sectionNames()},
      {image.sectionHeadersOffset(), image.sectionHeaders()},
      {0, image.header()}};
  for (auto &[offset, bytes] : parts) {
    if (llvm::Error error = file.write(offset, bytes)) {
      return error;
    }
  }
  return llvm::Error::success();
}

ArtifactReport ArtifactWriter::report() const {
  ArtifactReport report;
  report.file = image.fileBytes();
  report.code = codeObject.size();
  report.program = programBytes;
  report.tokenizer = tokenizer.size();
  report.weightsMemory = memory.weights;
  for (const PlacedWeight &weight : weights.weights()) {
    report.weights.push_back({weight.packer.name().str(), weight.packer.weightType(),
                              static_cast<uint64_t>(weight.packer.bytes())});
  }
  countWork(planned, report);
  return report;
}

llvm::Expected<ArtifactReport> ArtifactWriter::write(llvm::StringRef path, Progress &progress) {
  llvm::Expected<flatbuffers::DetachedBuffer> draft = program(0);
  if (!draft) {
    return draft.takeError();
  }
  place(draft->size());
  llvm::Expected<OutputFile> file = OutputFile::create(path, image.fileBytes());
  if (!file) {
    return file.takeError();
  }
  if (llvm::Error error = writeParts(*file, progress)) {
    return std::move(error);
  }
  if (llvm::Error error = file->keep()) {
    return std::move(error);
  }
  return report();
}

llvm::Expected<ArtifactReport>
qcc::package::writeArtifact(llvm::StringRef path, llvm::ArrayRef<uint8_t> codeObject,
                            mlir::ModuleOp planned, llvm::ArrayRef<uint8_t> tokenizer,
                            WeightFiles &files, const ArtifactOptions &options,
                            Progress &progress) {
  llvm::Expected<MemorySizes> memory = MemorySizes::of(planned);
  if (!memory) {
    return memory.takeError();
  }
  llvm::Expected<ElfImage> image = ElfImage::create(codeObject);
  if (!image) {
    return image.takeError();
  }
  auto weights = WeightStream::open(planned, static_cast<int64_t>(memory->weights), files);
  if (!weights) {
    return weights.takeError();
  }
  return ArtifactWriter(planned, codeObject, tokenizer, options, *memory, std::move(*image),
                        std::move(*weights))
      .write(path, progress);
}

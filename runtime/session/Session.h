// A session: the memories of one conversation partner or of a batch of them, and the steps that
// process tokens. One thread uses a session at a time.
#pragma once

#include "runtime/session/LaunchPlan.h"
#include "runtime/device/RecordedCommands.h"
#include "runtime/session/SamplerRecord.h"
#include "runtime/session/Sequences.h"
#include "runtime/session/StepState.h"

namespace qcc::runtime {

/// One token to process in Session::step.
struct TokenRow {
  uint32_t sequence;
  uint32_t token;
  bool wantLogits;
};

/// What is read back from a step: logits, or the tokens that the device picked from them.
enum class StepOutput { Logits, Tokens };

class Session {
public:
  /// Allocates the memories of a session on the model's device. Errors: OutOfMemory, DeviceFailure.
  static Result<std::unique_ptr<Session>> create(std::shared_ptr<const LoadedModel> model);

  /// The sequences; new, removed or truncated ones take effect with the next step.
  Sequences &sequences() { return book; }

  /// The most rows of one step.
  uint32_t rowCapacity() const { return entryPoints.back().plan.rowCapacity(); }
  uint32_t vocabularySize() const { return program().model()->vocabulary_size(); }
  const LoadedModel &model() const { return *loaded; }

  /// A sentence on what made the steps so far slower than they could be; empty when nothing did.
  std::string notice() const;

  /// Whether the device can pick tokens; not in models that were compiled before it could.
  bool canSample() const { return program().sampler() != nullptr; }

  /// How the device picks tokens of `sequence` from now on: as a new text::Sampler of these options
  /// would, with `history` and the tokens picked since as its history. Errors: Unavailable,
  /// NotFound, InvalidArgument, DeviceFailure.
  Status setSampler(uint32_t sequence, const text::SamplingOptions &options,
                    std::span<const uint32_t> history);

  /// Appends each row's token to its sequence, in one launch sequence. Logits of the rows that want
  /// them are readable after it. On an error no sequence has grown. Errors: InvalidArgument (no
  /// rows, too many rows, a token outside the vocabulary), NotFound, ContextFull, DeviceFailure.
  Status step(std::span<const TokenRow> rows) { return step(rows, StepOutput::Logits); }

  /// Appends tokens to a sequence in as few steps as they need; row 0 of logits or picked tokens is
  /// then the last token's. On an error the sequence has not grown. Errors: as step(), and
  /// InvalidArgument (tokens from a sequence without a sampler).
  Status prefill(uint32_t sequence, std::span<const uint32_t> tokens,
                 StepOutput output = StepOutput::Logits);

  /// Appends tokens[i] to sequences[i], all of them different, in one launch sequence; row i of
  /// logits or picked tokens is then sequences[i]'s. Errors: as prefill().
  Status decode(std::span<const uint32_t> sequences, std::span<const uint32_t> tokens,
                StepOutput output = StepOutput::Logits);

  /// Logits row `row` of the last step: vocabularySize() values, valid until the next step. Read
  /// from the device now where the step read tokens. Errors: NotFound, DeviceFailure.
  Result<std::span<const float>> logits(uint32_t row);

  /// The token that the device picked from logits row `row` of the last step. Errors: NotFound,
  /// InvalidArgument (there was none to pick: see text::Sampler::sample).
  Result<uint32_t> token(uint32_t row) const;

private:
  /// The launches of an entry point, and what of them is recorded for either output.
  struct EntryPoint {
    LaunchPlan plan;
    std::array<RecordedCommands, 2> recorded; // by StepOutput
  };

  Session(std::shared_ptr<const LoadedModel> model);

  const fb::Program &program() const { return loaded->package().program(); }
  Status allocate();
  Status bindEntryPoints();
  Status checkSampler(uint32_t sequence) const;
  Result<std::vector<StepRow>> place(std::span<const TokenRow> rows) const;
  Status step(std::span<const TokenRow> rows, StepOutput output);
  Status run(std::span<const StepRow> rows, StepOutput output);
  Status sendState(std::span<const StepRow> rows);
  Status enqueue(const EntryPoint &entry, StepOutput output) const;
  Status launch(uint32_t rows, StepOutput output);
  Status copyLogits();
  Status synchronize(const char *purpose) const;
  void noteNextState(std::span<const StepRow> rows);

  std::shared_ptr<const LoadedModel> loaded;
  Sequences book;
  // By fb::Memory; the weights are the model's own.
  std::array<DeviceMemory, size_t(fb::Memory::MAX) + 1> memories;
  MemoryBases bases{};
  std::vector<EntryPoint> entryPoints; // ascending row capacity
  DeviceStream stream;
  PinnedMemory stagedState;
  PinnedMemory stagedSampler; // one record
  PinnedMemory readTokens;
  PinnedMemory readLogits;
  uint32_t readLogitsCapacity = 0; // rows
  // Of the last step: logit rows, how many of them were sampled, and how many are read.
  uint32_t logitRows = 0;
  uint32_t tokenRows = 0;
  uint32_t logitRowsRead = 0;
  // What the state memory says now, when sampling has made it the next step's; else empty.
  std::vector<StepRow> nextRows;
};

} // namespace qcc::runtime

// A session: the memories of one conversation partner or of a batch of them, and the steps that
// process tokens. One thread uses a session at a time.
#pragma once

#include "runtime/session/LaunchPlan.h"
#include "runtime/session/RecordedCommands.h"
#include "runtime/session/Sequences.h"
#include "runtime/session/StepState.h"

namespace qcc::runtime {

/// One token to process in Session::step.
struct TokenRow {
  uint32_t sequence;
  uint32_t token;
  bool wantLogits;
};

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

  /// A sentence on what makes steps slower here than they could be; empty when nothing does.
  std::string notice() const;

  /// Appends each row's token to its sequence, in one launch sequence. Logits of the rows that want
  /// them are readable after it. On an error no sequence has grown. Errors: InvalidArgument (no
  /// rows, too many rows, a token outside the vocabulary), NotFound, ContextFull, DeviceFailure.
  Status step(std::span<const TokenRow> rows);

  /// Appends tokens to a sequence in as few steps as they need; logits row 0 is then the last
  /// token's. On an error the sequence has not grown. Errors: as step().
  Status prefill(uint32_t sequence, std::span<const uint32_t> tokens);

  /// Appends tokens[i] to sequences[i], all of them different, in one launch sequence; logits row i
  /// is then sequences[i]'s. Errors: as step().
  Status decode(std::span<const uint32_t> sequences, std::span<const uint32_t> tokens);

  /// Logits row `row` of the last step: vocabularySize() values, valid until the next step.
  /// Error: NotFound.
  Result<std::span<const float>> logits(uint32_t row) const;

private:
  /// The launches of an entry point, and what of them is recorded.
  struct EntryPoint {
    LaunchPlan plan;
    RecordedCommands recorded;
  };

  Session(std::shared_ptr<const LoadedModel> model);

  const fb::Program &program() const { return loaded->package().program(); }
  Status allocate();
  Status bindEntryPoints();
  Result<std::vector<StepRow>> place(std::span<const TokenRow> rows) const;
  Status run(std::span<const StepRow> rows);
  Status reserveLogits(uint32_t rows);

  std::shared_ptr<const LoadedModel> loaded;
  Sequences book;
  // By fb::Memory; the weights are the model's own.
  std::array<DeviceMemory, size_t(fb::Memory::MAX) + 1> memories;
  MemoryBases bases{};
  std::vector<EntryPoint> entryPoints; // ascending row capacity
  DeviceStream stream;
  PinnedMemory stagedState;
  PinnedMemory readLogits;
  uint32_t readLogitsCapacity = 0; // rows
  uint32_t logitRows = 0;          // of the last step
};

} // namespace qcc::runtime

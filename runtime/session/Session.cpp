#include "runtime/session/Session.h"

#include "runtime/package/CheckProgram.h"

#include <algorithm>

namespace qcc::runtime {

/// What a memory is called in errors.
static const char *purposeOf(fb::Memory memory) {
  switch (memory) {
  case fb::Memory::weights:
    return "the weights";
  case fb::Memory::arena:
    return "the activations";
  case fb::Memory::kv_cache:
    return "the KV cache";
  case fb::Memory::state:
    return "the state of a step";
  case fb::Memory::logits:
    return "the logits";
  }
  return "the session";
}

Session::Session(std::shared_ptr<const LoadedModel> model)
    : loaded(std::move(model)),
      book(program().model()->max_batch(), program().model()->max_context()) {}

Result<std::unique_ptr<Session>> Session::create(std::shared_ptr<const LoadedModel> model) {
  std::unique_ptr<Session> session(new Session(std::move(model)));
  QCC_TRY(session->allocate());
  QCC_TRY(session->bindEntryPoints());
  return session;
}

Status Session::allocate() {
  bases[size_t(fb::Memory::weights)] = loaded->weights();
  for (fb::Memory memory :
       {fb::Memory::arena, fb::Memory::kv_cache, fb::Memory::state, fb::Memory::logits}) {
    DeviceMemory &owner = memories[size_t(memory)];
    QCC_TRY_ASSIGN(
        owner, allocateDevice(loaded->device(), memoryBytes(program(), memory), purposeOf(memory)));
    bases[size_t(memory)] = owner.get();
  }
  QCC_TRY_ASSIGN(stagedState, allocatePinned(loaded->device(), program().state()->bytes(),
                                             purposeOf(fb::Memory::state)));
  QCC_TRY_ASSIGN(stream, createStream(loaded->device()));
  return {};
}

Status Session::bindEntryPoints() {
  for (const fb::EntryPoint *entry : *program().entry_points()) {
    QCC_TRY_ASSIGN(LaunchPlan plan, LaunchPlan::bind(*loaded, *entry, bases));
    entryPoints.push_back({std::move(plan), {}});
  }
  return {};
}

std::string Session::notice() const {
  const hip::Library &library = loaded->device()->hip();
  const char *missing = library.missingGraphFunction();
  return missing ? "The HIP library " + library.path() + " has no function " + missing +
                       ", so each token's kernels are launched one by one; use ROCm 5.3 or later."
                 : "";
}

/// Gives each row its position, and checks tokens and room.
Result<std::vector<StepRow>> Session::place(std::span<const TokenRow> rows) const {
  std::vector<uint32_t> added(program().model()->max_batch());
  std::vector<StepRow> placed;
  for (const TokenRow &row : rows) {
    if (row.token >= vocabularySize()) {
      return {StatusCode::InvalidArgument, "Token " + std::to_string(row.token) +
                                               " is outside the model's vocabulary of " +
                                               std::to_string(vocabularySize()) + "."};
    }
    QCC_TRY_ASSIGN(uint32_t length, book.length(row.sequence));
    uint32_t position = length + added[row.sequence]++;
    placed.push_back({row.sequence, row.token, position, row.wantLogits});
  }
  for (uint32_t sequence = 0; sequence < added.size(); ++sequence) {
    if (added[sequence] != 0) {
      QCC_TRY(book.checkRoom(sequence, added[sequence]));
    }
  }
  return placed;
}

/// Makes room to read `rows` rows of logits back.
Status Session::reserveLogits(uint32_t rows) {
  if (rows > readLogitsCapacity) {
    QCC_TRY_ASSIGN(readLogits,
                   allocatePinned(loaded->device(), sizeof(float) * vocabularySize() * rows,
                                  purposeOf(fb::Memory::logits)));
    readLogitsCapacity = rows;
  }
  return {};
}

/// Writes the state, launches the smallest entry point that holds the rows, reads the logits.
Status Session::run(std::span<const StepRow> rows) {
  const Device &device = *loaded->device();
  const fb::StateLayout &layout = *program().state();
  QCC_TRY(device.activate());
  std::span staged(static_cast<uint8_t *>(stagedState.get()), layout.bytes());
  uint32_t wanted = writeStepState(layout, rows, staged);
  QCC_TRY(reserveLogits(wanted));
  QCC_TRY(device.check(device.hip()->hipMemcpyHtoDAsync(bases[size_t(fb::Memory::state)],
                                                        staged.data(), staged.size(), stream.get()),
                       "hipMemcpyHtoDAsync", "sending the state of a step"));
  auto entry = std::find_if(entryPoints.begin(), entryPoints.end(), [&](const EntryPoint &entry) {
    return entry.plan.rowCapacity() >= rows.size();
  });
  QCC_TRY(entry->recorded.run(loaded->device(), stream.get(),
                              [&] { return entry->plan.enqueue(device, stream.get()); }));
  if (wanted != 0) {
    QCC_TRY(device.check(
        device.hip()->hipMemcpyDtoHAsync(readLogits.get(), bases[size_t(fb::Memory::logits)],
                                         sizeof(float) * vocabularySize() * wanted, stream.get()),
        "hipMemcpyDtoHAsync", "reading the logits"));
  }
  QCC_TRY(device.check(device.hip()->hipStreamSynchronize(stream.get()), "hipStreamSynchronize",
                       "running a step"));
  logitRows = wanted;
  return {};
}

Status Session::step(std::span<const TokenRow> rows) {
  if (rows.empty() || rows.size() > rowCapacity()) {
    return {StatusCode::InvalidArgument, "A step of this model takes 1 to " +
                                             std::to_string(rowCapacity()) + " rows, not " +
                                             std::to_string(rows.size()) + "."};
  }
  QCC_TRY_ASSIGN(std::vector<StepRow> placed, place(rows));
  logitRows = 0;
  QCC_TRY(run(placed));
  for (const StepRow &row : placed) {
    book.advance(row.slot, 1);
  }
  return {};
}

Status Session::prefill(uint32_t sequence, std::span<const uint32_t> tokens) {
  if (tokens.empty()) {
    return {StatusCode::InvalidArgument, "There is no token to process; give at least one."};
  }
  QCC_TRY_ASSIGN(uint32_t length, book.length(sequence));
  QCC_TRY(book.checkRoom(sequence, tokens.size()));
  for (size_t done = 0; done < tokens.size();) {
    size_t count = std::min<size_t>(rowCapacity(), tokens.size() - done);
    std::vector<TokenRow> rows;
    for (uint32_t token : tokens.subspan(done, count)) {
      rows.push_back({sequence, token, false});
    }
    done += count;
    rows.back().wantLogits = done == tokens.size();
    if (Status status = step(rows); !status.ok()) {
      QCC_TRY(book.truncate(sequence, length));
      return status;
    }
  }
  return {};
}

Status Session::decode(std::span<const uint32_t> sequences, std::span<const uint32_t> tokens) {
  std::vector<uint32_t> sorted(sequences.begin(), sequences.end());
  std::sort(sorted.begin(), sorted.end());
  if (sequences.size() != tokens.size() ||
      std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    return {StatusCode::InvalidArgument,
            "A decode step takes one token for each of its sequences, and each sequence once."};
  }
  std::vector<TokenRow> rows;
  for (size_t i = 0; i < sequences.size(); ++i) {
    rows.push_back({sequences[i], tokens[i], true});
  }
  return step(rows);
}

Result<std::span<const float>> Session::logits(uint32_t row) const {
  if (row >= logitRows) {
    return {StatusCode::NotFound, "The last step gave " + std::to_string(logitRows) +
                                      " rows of logits, so there is no row " + std::to_string(row) +
                                      "."};
  }
  const auto *values = static_cast<const float *>(readLogits.get());
  return std::span(values + size_t(row) * vocabularySize(), vocabularySize());
}

} // namespace qcc::runtime

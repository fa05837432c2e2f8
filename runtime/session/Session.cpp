#include "runtime/session/Session.h"

#include "runtime/package/CheckProgram.h"
#include "runtime/text/Sampler.h"

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
  case fb::Memory::sampler:
    return "the samplers";
  }
  return "the session";
}

/// The token in a word of StateLayout's `sampled`, or why there is none.
static Result<uint32_t> pickedToken(uint32_t word) {
  constexpr uint32_t allRuledOut = ~0u, notFinite = 1u << 31;
  if (word == allRuledOut) {
    return text::refuseAllLogits();
  }
  if (word & notFinite) {
    return text::refuseLogit(word & ~notFinite);
  }
  return word;
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
  for (fb::Memory memory : {fb::Memory::arena, fb::Memory::kv_cache, fb::Memory::state,
                            fb::Memory::logits, fb::Memory::sampler}) {
    DeviceMemory &owner = memories[size_t(memory)];
    QCC_TRY_ASSIGN(
        owner, allocateDevice(loaded->device(), memoryBytes(program(), memory), purposeOf(memory)));
    bases[size_t(memory)] = owner.get();
  }
  QCC_TRY_ASSIGN(stagedState, allocatePinned(loaded->device(), program().state()->bytes(),
                                             purposeOf(fb::Memory::state)));
  if (canSample()) {
    QCC_TRY_ASSIGN(stagedSampler,
                   allocatePinned(loaded->device(), program().sampler()->slot_bytes(),
                                  purposeOf(fb::Memory::sampler)));
    QCC_TRY_ASSIGN(readTokens, allocatePinned(loaded->device(),
                                              sizeof(uint32_t) * program().state()->row_capacity(),
                                              "the picked tokens"));
  }
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
  for (const EntryPoint &entry : entryPoints) {
    for (const RecordedCommands &recorded : entry.recorded) {
      if (!recorded.refusal().empty()) {
        return "Kernels are launched one by one, not as a graph: " + recorded.refusal();
      }
    }
  }
  return "";
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

//===-- Sampling ------------------------------------------------------------------------------===//

Status Session::setSampler(uint32_t sequence, const text::SamplingOptions &options,
                           std::span<const uint32_t> history) {
  if (!canSample()) {
    return {StatusCode::Unavailable,
            loaded->package().name() + ": the model was compiled before devices picked tokens, so "
                                       "sample its logits on the host; or compile it again."};
  }
  QCC_TRY(book.length(sequence).status());
  QCC_TRY_ASSIGN(text::SamplerParameters parameters, text::SamplerParameters::of(options));
  const fb::SamplerLayout &layout = *program().sampler();
  const Device &device = *loaded->device();
  QCC_TRY(device.activate());
  std::span record(static_cast<uint8_t *>(stagedSampler.get()), layout.slot_bytes());
  writeSamplerRecord(layout, vocabularySize(), parameters, history, record);
  auto *place =
      static_cast<uint8_t *>(bases[size_t(fb::Memory::sampler)]) + sequence * layout.slot_bytes();
  QCC_TRY(device.check(
      device.hip()->hipMemcpyHtoDAsync(place, record.data(), record.size(), stream.get()),
      "hipMemcpyHtoDAsync", "sending a sampler"));
  QCC_TRY(synchronize("sending a sampler")); // the next sampler is staged in the same place
  book.noteSampler(sequence);
  return {};
}

Status Session::checkSampler(uint32_t sequence) const {
  QCC_TRY(book.length(sequence).status());
  if (!book.hasSampler(sequence)) {
    return {StatusCode::InvalidArgument, "Sequence " + std::to_string(sequence) +
                                             " has no sampler to pick tokens by; set one first."};
  }
  return {};
}

Result<uint32_t> Session::token(uint32_t row) const {
  if (row >= tokenRows) {
    return {StatusCode::NotFound, "The last step picked " + std::to_string(tokenRows) +
                                      " tokens, so there is none of row " + std::to_string(row) +
                                      "."};
  }
  return pickedToken(static_cast<const uint32_t *>(readTokens.get())[row]);
}

//===-- Steps ---------------------------------------------------------------------------------===//

Status Session::synchronize(const char *purpose) const {
  const Device &device = *loaded->device();
  return device.check(device.hip()->hipStreamSynchronize(stream.get()), "hipStreamSynchronize",
                      purpose);
}

/// Writes the state memory, if sampling has not made it what it must be already.
Status Session::sendState(std::span<const StepRow> rows) {
  bool isThere = std::ranges::equal(rows, nextRows);
  nextRows.clear();
  if (isThere) {
    return {};
  }
  const Device &device = *loaded->device();
  std::span staged(static_cast<uint8_t *>(stagedState.get()), program().state()->bytes());
  writeStepState(*program().state(), rows, staged);
  return device.check(device.hip()->hipMemcpyHtoDAsync(bases[size_t(fb::Memory::state)],
                                                       staged.data(), staged.size(), stream.get()),
                      "hipMemcpyHtoDAsync", "sending the state of a step");
}

/// All that the device does for a step of an entry point, the same for any step of it.
Status Session::enqueue(const EntryPoint &entry, StepOutput output) const {
  const Device &device = *loaded->device();
  bool sample = output == StepOutput::Tokens;
  QCC_TRY(entry.plan.enqueue(device, stream.get(), sample));
  if (!sample) {
    return {};
  }
  auto *tokens =
      static_cast<uint8_t *>(bases[size_t(fb::Memory::state)]) + program().state()->sampled();
  return device.check(device.hip()->hipMemcpyDtoHAsync(readTokens.get(), tokens,
                                                       sizeof(uint32_t) * entry.plan.rowCapacity(),
                                                       stream.get()),
                      "hipMemcpyDtoHAsync", "reading the picked tokens");
}

/// Runs the smallest entry point that holds the rows.
Status Session::launch(uint32_t rows, StepOutput output) {
  auto entry = std::ranges::find_if(entryPoints, [&](const EntryPoint &candidate) {
    return candidate.plan.rowCapacity() >= rows;
  });
  bool sample = output == StepOutput::Tokens;
  size_t commands = entry->plan.launchCount(sample) + (sample ? 1 : 0);
  return entry->recorded[size_t(output)].run(loaded->device(), stream.get(), commands,
                                             [&] { return enqueue(*entry, output); });
}

/// Enqueues the copy of all logits of the last step to the host.
Status Session::copyLogits() {
  const Device &device = *loaded->device();
  uint64_t rowBytes = sizeof(float) * vocabularySize();
  if (logitRows > readLogitsCapacity) {
    QCC_TRY_ASSIGN(readLogits, allocatePinned(loaded->device(), rowBytes * logitRows,
                                              purposeOf(fb::Memory::logits)));
    readLogitsCapacity = logitRows;
  }
  if (logitRows != 0) {
    QCC_TRY(device.check(device.hip()->hipMemcpyDtoHAsync(readLogits.get(),
                                                          bases[size_t(fb::Memory::logits)],
                                                          rowBytes * logitRows, stream.get()),
                         "hipMemcpyDtoHAsync", "reading the logits"));
  }
  return {};
}

Status Session::run(std::span<const StepRow> rows, StepOutput output) {
  QCC_TRY(loaded->device()->activate());
  QCC_TRY(sendState(rows));
  QCC_TRY(launch(static_cast<uint32_t>(rows.size()), output));
  logitRows = static_cast<uint32_t>(std::ranges::count_if(rows, &StepRow::wantLogits));
  if (output == StepOutput::Logits) {
    QCC_TRY(copyLogits());
  }
  QCC_TRY(synchronize("running a step"));
  bool sampled = output == StepOutput::Tokens;
  tokenRows = sampled ? logitRows : 0;
  logitRowsRead = sampled ? 0 : logitRows;
  if (sampled && logitRows == rows.size()) {
    noteNextState(rows);
  }
  return {};
}

/// Keeps what the sampling launches have made of the state; see StateLayout.
void Session::noteNextState(std::span<const StepRow> rows) {
  for (uint32_t i = 0; i < rows.size(); ++i) {
    Result<uint32_t> picked = token(i);
    if (!picked.ok()) {
      nextRows.clear();
      return;
    }
    nextRows.push_back({rows[i].slot, *picked, rows[i].position + 1, true});
  }
}

Status Session::step(std::span<const TokenRow> rows, StepOutput output) {
  if (rows.empty() || rows.size() > rowCapacity()) {
    return {StatusCode::InvalidArgument, "A step of this model takes 1 to " +
                                             std::to_string(rowCapacity()) + " rows, not " +
                                             std::to_string(rows.size()) + "."};
  }
  QCC_TRY_ASSIGN(std::vector<StepRow> placed, place(rows));
  logitRows = tokenRows = logitRowsRead = 0;
  QCC_TRY(run(placed, output));
  for (const StepRow &row : placed) {
    book.advance(row.slot, 1);
  }
  return {};
}

Status Session::prefill(uint32_t sequence, std::span<const uint32_t> tokens, StepOutput output) {
  if (tokens.empty()) {
    return {StatusCode::InvalidArgument, "There is no token to process; give at least one."};
  }
  QCC_TRY_ASSIGN(uint32_t length, book.length(sequence));
  QCC_TRY(book.checkRoom(sequence, tokens.size()));
  if (output == StepOutput::Tokens) {
    QCC_TRY(checkSampler(sequence));
  }
  for (size_t done = 0; done < tokens.size();) {
    size_t count = std::min<size_t>(rowCapacity(), tokens.size() - done);
    std::vector<TokenRow> rows;
    for (uint32_t token : tokens.subspan(done, count)) {
      rows.push_back({sequence, token, false});
    }
    done += count;
    bool last = done == tokens.size();
    rows.back().wantLogits = last;
    if (Status status = step(rows, last ? output : StepOutput::Logits); !status.ok()) {
      QCC_TRY(book.truncate(sequence, length));
      return status;
    }
  }
  return {};
}

Status Session::decode(std::span<const uint32_t> sequences, std::span<const uint32_t> tokens,
                       StepOutput output) {
  std::vector<uint32_t> sorted(sequences.begin(), sequences.end());
  std::sort(sorted.begin(), sorted.end());
  if (sequences.size() != tokens.size() ||
      std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    return {StatusCode::InvalidArgument,
            "A decode step takes one token for each of its sequences, and each sequence once."};
  }
  std::vector<TokenRow> rows;
  for (size_t i = 0; i < sequences.size(); ++i) {
    if (output == StepOutput::Tokens) {
      QCC_TRY(checkSampler(sequences[i]));
    }
    rows.push_back({sequences[i], tokens[i], true});
  }
  return step(rows, output);
}

Result<std::span<const float>> Session::logits(uint32_t row) {
  if (row >= logitRows) {
    return {StatusCode::NotFound, "The last step gave " + std::to_string(logitRows) +
                                      " rows of logits, so there is no row " + std::to_string(row) +
                                      "."};
  }
  if (logitRowsRead != logitRows) {
    QCC_TRY(loaded->device()->activate());
    QCC_TRY(copyLogits());
    QCC_TRY(synchronize("reading the logits"));
    logitRowsRead = logitRows;
  }
  const auto *values = static_cast<const float *>(readLogits.get());
  return std::span(values + size_t(row) * vocabularySize(), vocabularySize());
}

} // namespace qcc::runtime

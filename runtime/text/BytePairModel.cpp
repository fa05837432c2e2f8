#include "runtime/text/BytePairModel.h"

#include "runtime/text/SectionReader.h"
#include "runtime/text/Utf8.h"

#include <algorithm>
#include <tuple>

namespace qcc::text {

namespace {

constexpr std::uint32_t none = UINT32_MAX; // no symbol before, no symbol after
constexpr std::uint32_t gone = UINT32_MAX; // the id of a symbol that was joined to its previous one

/// The order of the heap: std's heaps keep the largest first, so later merges are "less".
constexpr auto later = [](const auto &a, const auto &b) {
  return std::tie(a.rank, a.position) > std::tie(b.rank, b.position);
};

} // namespace

Result<BytePairModel> BytePairModel::load(const fb::BytePairModel &section,
                                          const Vocabulary &vocabulary) {
  BytePairModel model(section, vocabulary);
  QCC_TRY(model.checkIds());
  QCC_TRY(model.loadMerges());
  model.loadCharacters();
  return model;
}

Status BytePairModel::checkIds() const {
  std::uint32_t byteIds = section->byte_ids() ? section->byte_ids()->size() : 0;
  if (byteIds != 0 && byteIds != 256) {
    return corruptSection("does not have 256 byte pieces");
  }
  for (std::uint32_t index = 0; index < byteIds; ++index) {
    if (section->byte_ids()->Get(index) >= vocabulary.size()) {
      return corruptSection("has a byte piece beyond its vocabulary");
    }
  }
  if (section->byte_fallback() && byteIds == 0) {
    return corruptSection("falls back to byte pieces that it does not have");
  }
  if (section->unknown() < -1 ||
      section->unknown() >= static_cast<std::int64_t>(vocabulary.size())) {
    return corruptSection("has its unknown piece beyond its vocabulary");
  }
  return {};
}

Status BytePairModel::loadMerges() {
  mergeStarts.assign(vocabulary.size() + std::size_t{1}, 0);
  const fb::Merge *previous = nullptr;
  for (const fb::Merge *merge : *section->merges()) {
    if (std::max({merge->left(), merge->right(), merge->result()}) >= vocabulary.size()) {
      return corruptSection("has a merge of pieces beyond its vocabulary");
    }
    if (previous && std::pair(previous->left(), previous->right()) >=
                        std::pair(merge->left(), merge->right())) {
      return corruptSection("has merges that are out of order");
    }
    ++mergeStarts[merge->left() + 1];
    previous = merge;
  }
  for (std::size_t left = 1; left < mergeStarts.size(); ++left) {
    mergeStarts[left] += mergeStarts[left - 1];
  }
  return {};
}

void BytePairModel::loadCharacters() {
  for (std::uint32_t index = 0; index < vocabulary.modelPieces(); ++index) {
    std::uint32_t id = vocabulary.modelPiece(index);
    std::string_view piece = vocabulary.piece(id);
    Utf8Scan scan = scanUtf8(piece);
    if (scan.length == piece.size()) {
      characters.emplace(scan.character, id);
    }
  }
}

void BytePairModel::encode(std::string_view word, Scratch &scratch,
                           std::vector<std::uint32_t> &ids) const {
  if (section->whole_words()) {
    if (std::optional<std::uint32_t> id = vocabulary.find(word)) {
      ids.push_back(*id);
      return;
    }
  }
  scratch.symbols.clear();
  pushCharacters(word, scratch);
  mergeAll(scratch);
  for (const Scratch::Symbol &symbol : scratch.symbols) {
    if (symbol.id != gone) {
      ids.push_back(symbol.id);
    }
  }
}

void BytePairModel::pushCharacters(std::string_view word, Scratch &scratch) const {
  while (!word.empty()) {
    Utf8Scan scan = scanUtf8(word);
    if (auto known = characters.find(scan.character); known != characters.end()) {
      scratch.symbols.push_back({known->second, none, none});
    } else {
      pushUnknown(word.substr(0, scan.length), scratch);
    }
    word.remove_prefix(scan.length);
  }
  std::uint32_t count = static_cast<std::uint32_t>(scratch.symbols.size());
  for (std::uint32_t position = 0; position < count; ++position) {
    scratch.symbols[position].previous = position == 0 ? none : position - 1;
    scratch.symbols[position].next = position + 1 == count ? none : position + 1;
  }
}

void BytePairModel::pushUnknown(std::string_view character, Scratch &scratch) const {
  if (section->byte_fallback()) {
    for (char byte : character) {
      std::uint32_t id = section->byte_ids()->Get(static_cast<unsigned char>(byte));
      scratch.symbols.push_back({id, none, none});
    }
    return;
  }
  if (section->unknown() < 0) {
    return;
  }
  std::uint32_t id = static_cast<std::uint32_t>(section->unknown());
  bool fused =
      section->fuse_unknown() && !scratch.symbols.empty() && scratch.symbols.back().id == id;
  if (!fused) {
    scratch.symbols.push_back({id, none, none});
  }
}

const fb::Merge *BytePairModel::findMerge(std::uint32_t left, std::uint32_t right) const {
  std::uint32_t low = mergeStarts[left];
  std::uint32_t high = mergeStarts[left + 1];
  while (low < high) {
    std::uint32_t middle = low + (high - low) / 2;
    const fb::Merge *merge = section->merges()->Get(middle);
    if (merge->right() == right) {
      return merge;
    }
    if (merge->right() < right) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return nullptr;
}

void BytePairModel::propose(Scratch &scratch, std::uint32_t position) const {
  if (position == none || scratch.symbols[position].next == none) {
    return;
  }
  std::uint32_t left = scratch.symbols[position].id;
  std::uint32_t right = scratch.symbols[scratch.symbols[position].next].id;
  if (const fb::Merge *merge = findMerge(left, right)) {
    scratch.queue.push_back({merge->rank(), position, left, right, merge->result()});
    std::push_heap(scratch.queue.begin(), scratch.queue.end(), later);
  }
}

void BytePairModel::mergeAll(Scratch &scratch) const {
  scratch.queue.clear();
  for (std::uint32_t position = 0; position < scratch.symbols.size(); ++position) {
    propose(scratch, position);
  }
  while (!scratch.queue.empty()) {
    std::pop_heap(scratch.queue.begin(), scratch.queue.end(), later);
    Scratch::Candidate candidate = scratch.queue.back();
    scratch.queue.pop_back();
    join(scratch, candidate);
  }
}

void BytePairModel::join(Scratch &scratch, const Scratch::Candidate &candidate) const {
  Scratch::Symbol &symbol = scratch.symbols[candidate.position];
  if (symbol.id != candidate.left || symbol.next == none ||
      scratch.symbols[symbol.next].id != candidate.right) {
    return; // one of the two was joined to another symbol since
  }
  Scratch::Symbol &next = scratch.symbols[symbol.next];
  symbol.id = candidate.result;
  symbol.next = next.next;
  next.id = gone;
  if (symbol.next != none) {
    scratch.symbols[symbol.next].previous = candidate.position;
  }
  propose(scratch, symbol.previous);
  propose(scratch, candidate.position);
}

} // namespace qcc::text

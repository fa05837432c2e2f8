#include "runtime/text/Vocabulary.h"

#include "runtime/text/SectionReader.h"

namespace qcc::text {

Result<Vocabulary> Vocabulary::load(const fb::Vocabulary &section) {
  Vocabulary vocabulary(section, section.ends()->size());
  QCC_TRY(vocabulary.checkEnds());
  QCC_TRY(vocabulary.checkOrder());
  return vocabulary;
}

Status Vocabulary::checkEnds() const {
  std::uint32_t previous = 0;
  for (std::uint32_t end : *section->ends()) {
    if (end < previous || end > section->text()->size()) {
      return corruptSection("has pieces that lie outside its text");
    }
    previous = end;
  }
  return {};
}

Status Vocabulary::checkOrder() const {
  std::string_view previous;
  for (std::uint32_t id : *section->by_text()) {
    if (id >= count || piece(id) <= previous) {
      return corruptSection("has pieces that are out of order");
    }
    previous = piece(id);
    QCC_TRY(checkUtf8(previous));
  }
  return {};
}

std::string_view Vocabulary::piece(std::uint32_t id) const {
  if (id >= count) {
    return {};
  }
  std::uint32_t begin = id == 0 ? 0 : section->ends()->Get(id - 1);
  const char *text = reinterpret_cast<const char *>(section->text()->data());
  return {text + begin, section->ends()->Get(id) - begin};
}

std::uint32_t Vocabulary::modelPieces() const {
  return section->by_text()->size();
}

std::uint32_t Vocabulary::modelPiece(std::uint32_t index) const {
  return section->by_text()->Get(index);
}

std::optional<std::uint32_t> Vocabulary::find(std::string_view wanted) const {
  std::uint32_t low = 0;
  std::uint32_t high = modelPieces();
  while (low < high) {
    std::uint32_t middle = low + (high - low) / 2;
    if (piece(modelPiece(middle)) < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low < modelPieces() && piece(modelPiece(low)) == wanted) {
    return modelPiece(low);
  }
  return std::nullopt;
}

} // namespace qcc::text

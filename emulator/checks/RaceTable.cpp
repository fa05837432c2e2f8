#include "emulator/checks/RaceTable.h"

namespace qcc::emulator::checks {

RaceTable::Page *RaceTable::page(uint64_t address) {
  std::lock_guard lock(mutex);
  auto &page = pages[address / pageBytes];
  if (!page) {
    page = std::make_unique<Page>();
  }
  return page.get();
}

void RaceTable::clear() {
  std::lock_guard lock(mutex);
  pages.clear();
}

} // namespace qcc::emulator::checks

// Scalar instructions that combine a value with EXEC: *_saveexec keeps the old EXEC, *_wrexec the
// new one.
#include "emulator/isa/scalar/ScalarOps.h"

namespace qcc::emulator::isa::scalar {

namespace {

template <typename T> T execAs(const Wave &w) {
  return static_cast<T>(w.exec());
}

template <typename T> void setExec(Wave &w, T value) {
  w.setPair(SlotExec, static_cast<u64>(value) & w.allLanes);
  w.scc = w.exec() != 0;
}
/// Sets EXEC and gives its previous value.
template <typename T> T save(Wave &w, T value) {
  T old = execAs<T>(w);
  setExec(w, value);
  return old;
}
/// Sets EXEC and gives its new value.
template <typename T> T write(Wave &w, T value) {
  setExec(w, value);
  return execAs<T>(w);
}

#define QCC_SAVE_EXEC(NAME, EXPRESSION)                                                            \
  row<[](Wave &w, u32 s) {                                                                         \
    u32 e = execAs<u32>(w);                                                                        \
    return save<u32>(w, EXPRESSION);                                                               \
  }>("s_" NAME "_saveexec_b32"),                                                                   \
      row<[](Wave &w, u64 s) {                                                                     \
        u64 e = execAs<u64>(w);                                                                    \
        return save<u64>(w, EXPRESSION);                                                           \
      }>("s_" NAME "_saveexec_b64")
#define QCC_WRITE_EXEC(NAME, EXPRESSION)                                                           \
  row<[](Wave &w, u32 s) {                                                                         \
    u32 e = execAs<u32>(w);                                                                        \
    return write<u32>(w, EXPRESSION);                                                              \
  }>("s_" NAME "_wrexec_b32"),                                                                     \
      row<[](Wave &w, u64 s) {                                                                     \
        u64 e = execAs<u64>(w);                                                                    \
        return write<u64>(w, EXPRESSION);                                                          \
      }>("s_" NAME "_wrexec_b64")

constexpr ScalarRow rows[] = {
    QCC_SAVE_EXEC("and", s &e),      QCC_SAVE_EXEC("or", s | e),
    QCC_SAVE_EXEC("xor", s ^ e),     QCC_SAVE_EXEC("nand", ~(s &e)),
    QCC_SAVE_EXEC("nor", ~(s | e)),  QCC_SAVE_EXEC("xnor", ~(s ^ e)),
    QCC_SAVE_EXEC("andn1", ~s &e),   QCC_SAVE_EXEC("and_not0", ~s &e),
    QCC_SAVE_EXEC("andn2", s & ~e),  QCC_SAVE_EXEC("and_not1", s & ~e),
    QCC_SAVE_EXEC("orn1", ~s | e),   QCC_SAVE_EXEC("or_not0", ~s | e),
    QCC_SAVE_EXEC("orn2", s | ~e),   QCC_SAVE_EXEC("or_not1", s | ~e),
    QCC_WRITE_EXEC("andn1", ~s &e),  QCC_WRITE_EXEC("and_not0", ~s &e),
    QCC_WRITE_EXEC("andn2", s & ~e), QCC_WRITE_EXEC("and_not1", s & ~e),
};

} // namespace

ScalarRows maskRows() {
  return {rows, std::size(rows)};
}

} // namespace qcc::emulator::isa::scalar

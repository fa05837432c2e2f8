#include "dialects/program/Program.h"
#include "mlir/IR/IRMapping.h"
#include "passes/tile/LaneBuilder.h"
#include "passes/tile/Passes.h"
#include "runtime/session/CommandList.h"

#include "llvm/ADT/SetVector.h"

namespace qcc::tile {
#define GEN_PASS_DEF_FORMPERSISTENTKERNELS
#include "passes/tile/Passes.h.inc"

using namespace mlir;
using runtime::CommandList;

static_assert(GridBarrierOp::memoryBytes <= CommandList::barrierBytes);

namespace {

int64_t gridSize(KernelOp phase) { return llvm::product_of(*phase.getGrid()); }

/// Builds the kernel that executes a list of commands, each a launch of one of `phases`.
class PersistentKernel {
public:
  PersistentKernel(KernelOp kernel, ArrayRef<KernelOp> phases)
      : kernel(kernel), phases(phases), b(kernel.getLoc(), kernel.getContext()) {}

  void build();

private:
  void forCommands(llvm::function_ref<void(Value command)> body);
  void dispatch(Value command, llvm::function_ref<void(KernelOp phase)> body);
  void run(KernelOp phase, Value command);
  void clone(KernelOp phase, ValueRange buffers, Value group);
  void meet(Value next);
  void touchStreams(KernelOp phase, Value command, Value touch);
  void touchStream(StreamAttr stream, Value command, Value group, Value touch);
  Value workgroupId(Axis axis, ArrayRef<int64_t> grid, Value group);
  Value commandWord(Value command, int64_t offset) {
    return b.load(commands, b.add(command, offset), b.getI32Type(), 1, false, /*invariant=*/true);
  }

  KernelOp kernel;
  ArrayRef<KernelOp> phases;
  LaneBuilder b;
  Value commands, barrier, workgroups, own;
};

/// for each command: `body` with the command's offset in the list, then all workgroups meet. A barrier at the
/// loop's head, but for the first turn, would do as well; LLVM 22 drops waits there that only a later turn
/// needs (SIInsertWaitcnts removes what a fence asks for when no store is under way on its first visit).
void PersistentKernel::forCommands(llvm::function_ref<void(Value)> body) {
  int64_t arguments = 0;
  for (KernelOp phase : phases) {
    arguments = std::max<int64_t>(arguments, phase.getArgumentTypes().size());
  }
  int64_t stride = CommandList::commandBytes(arguments);
  Value count = commandWord(b.i32(0), CommandList::countAt);
  b.loop(b.i32(0), count, 1, {}, [&](Value index, ValueRange) -> SmallVector<Value> {
    body(b.add(b.mul(index, stride), CommandList::headerBytes));
    Value next = b.add(index, 1);
    b.when(b.less(next, count),
           [&] { meet(b.add(b.mul(next, stride), CommandList::headerBytes)); });
    return {};
  });
}

/// `body` for the phase that the command names.
void PersistentKernel::dispatch(Value command, llvm::function_ref<void(KernelOp phase)> body) {
  Value phase = arith::IndexCastUIOp::create(b, b.getIndexType(),
                                             commandWord(command, CommandList::phaseAt));
  auto cases = llvm::to_vector(llvm::seq<int64_t>(1, phases.size()));
  auto branch = scf::IndexSwitchOp::create(b, TypeRange(), phase, cases, cases.size());
  OpBuilder::InsertionGuard guard(b);
  for (auto [index, region] : llvm::enumerate(branch->getRegions())) {
    // The first region is that of every other value: the list holds none but those of the phases.
    b.createBlock(&region);
    body(phases[index]);
    scf::YieldOp::create(b);
  }
}

/// All workgroups meet before the command `next`. Meanwhile the waves that do not poll the barrier
/// bring near what their workgroup reads first, so that memory is busy while it is passed.
void PersistentKernel::meet(Value next) {
  auto meeting = GridBarrierOp::create(b, barrier, workgroups);
  if (kernel.getTouches() == 0 ||
      llvm::none_of(phases, [](KernelOp phase) { return phase.getStreams(); })) {
    return;
  }
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&meeting.getMeanwhile().front());
  Value wave = WaveIdOp::create(b);
  b.when(b.less(b.i32(0), wave), [&] {
    Value touch = b.add(b.mul(b.sub(wave, b.i32(1)), kernel.getWaveSize()), LaneIdOp::create(b));
    dispatch(next, [&](KernelOp phase) { touchStreams(phase, next, touch); });
  });
}

/// The lines that are number `touch` of what the workgroup reads of each stream of the phase.
void PersistentKernel::touchStreams(KernelOp phase, Value command, Value touch) {
  if (!phase.getStreams()) {
    return;
  }
  b.when(b.less(own, b.i32(gridSize(phase))), [&] {
    Value group = workgroupId(Axis::x, *phase.getGrid(), own);
    for (auto stream : phase.getStreams()->getAsRange<StreamAttr>()) {
      touchStream(stream, command, group, touch);
    }
  });
}

/// A line of each panel in turn.
void PersistentKernel::touchStream(StreamAttr stream, Value command, Value group, Value touch) {
  constexpr int64_t line = StreamAttr::lineBytes;
  Value index = b.sub(group, b.i32(stream.getFirst()));
  b.when(b.less(index, b.i32(stream.getWorkgroups())), [&] {
    Value panel = b.add(b.mul(index, stream.getPanels()), b.rem(touch, stream.getPanels()));
    Value within = b.mul(b.div(touch, stream.getPanels()), line);
    within = b.minimum(within, b.i32(stream.getPanelBytes() - line));
    Value offset = b.add(b.mul(panel, stream.getPanelBytes()), within);
    Value buffer =
        LoadBufferOp::create(b, commands.getType(), commands,
                             b.add(command, CommandList::argumentAt(stream.getArgument())));
    TouchOp::create(b, buffer, b.minimum(offset, b.i32(stream.getBytes() - line)));
  });
}

/// The workgroups share out those that a launch of the phase would have.
void PersistentKernel::run(KernelOp phase, Value command) {
  SmallVector<Value> buffers;
  for (auto [index, argument] : llvm::enumerate(phase.getBody().getArguments())) {
    Value offset = b.add(command, CommandList::argumentAt(index));
    buffers.push_back(argument.use_empty()
                          ? Value()
                          : LoadBufferOp::create(b, argument.getType(), commands, offset).getResult());
  }
  auto groups = scf::ForOp::create(b, own, b.i32(gridSize(phase)), workgroups);
  groups->setAttr("unsignedCmp", b.getUnitAttr());
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(groups.getBody());
  clone(phase, buffers, groups.getInductionVar());
}

/// The code of workgroup `group` of a launch of the phase.
void PersistentKernel::clone(KernelOp phase, ValueRange buffers, Value group) {
  IRMapping mapping;
  for (auto [argument, buffer] : llvm::zip_equal(phase.getBody().getArguments(), buffers)) {
    if (buffer) {
      mapping.map(argument, buffer);
    }
  }
  SmallVector<WorkgroupIdOp> ids;
  int64_t sharedBytes = 0;
  for (Operation &op : phase.getBody().front().without_terminator()) {
    b.clone(op, mapping)->walk([&](Operation *copy) {
      if (auto shared = dyn_cast<SharedOp>(copy)) {
        // Phases follow one another: the LDS of each starts where that of the others does.
        shared.setAt(sharedBytes);
        sharedBytes += llvm::alignTo(shared.getBytes(), 16);
      } else if (auto id = dyn_cast<WorkgroupIdOp>(copy)) {
        ids.push_back(id);
      }
    });
  }
  if (sharedBytes != 0) {
    BarrierOp::create(b); // the next workgroup's work writes the same LDS
  }
  for (WorkgroupIdOp id : ids) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPoint(id);
    id.getResult().replaceAllUsesWith(workgroupId(id.getAxis(), *phase.getGrid(), group));
    id.erase();
  }
}

/// The index along `axis` of workgroup number `group`.
Value PersistentKernel::workgroupId(Axis axis, ArrayRef<int64_t> grid, Value group) {
  auto place = static_cast<unsigned>(axis);
  Value along = b.div(group, llvm::product_of(grid.take_front(place)));
  return place + 1 == grid.size() ? along : b.rem(along, grid[place]);
}

void PersistentKernel::build() {
  Block *body = b.createBlock(&kernel.getBody());
  for (Type type : kernel.getArgumentTypes()) {
    body->addArgument(type, kernel.getLoc());
  }
  commands = body->getArgument(0);
  barrier = body->getArgument(1);
  workgroups = commandWord(b.i32(0), CommandList::workgroupsAt);
  own = WorkgroupIdOp::create(b, Axis::x);
  forCommands(
      [&](Value command) { dispatch(command, [&](KernelOp phase) { run(phase, command); }); });
  ReturnOp::create(b);
}

/// Kernels that every step of the entry point launches, in the order of their first launch.
SmallVector<KernelOp> phasesOf(program::EntryPointOp entry, SymbolTable &symbols) {
  llvm::SmallSetVector<KernelOp, 8> phases;
  for (auto launch : entry.getBody().getOps<program::LaunchOp>()) {
    auto kernel = symbols.lookup<KernelOp>(launch.getKernel());
    if (kernel && !launch.getSampling()) {
      phases.insert(kernel);
    }
  }
  return phases.takeVector();
}

struct FormPersistentKernels : impl::FormPersistentKernelsBase<FormPersistentKernels> {
  using Base::Base;

  /// One launch has workgroups of one size.
  static bool canMerge(ArrayRef<KernelOp> phases) {
    return !phases.empty() && llvm::all_of(phases, [first = phases.front()](KernelOp phase) mutable {
      return phase.isLowered() && phase.getWorkgroup() == first.getWorkgroup();
    });
  }

  KernelOp create(StringRef name, ArrayRef<KernelOp> phases) {
    KernelOp first = phases.front();
    OpBuilder b(first);
    auto buffer = BufferType::get(b.getContext(), Space::global);
    SmallVector<Attribute> names;
    int64_t grid = 1;
    for (KernelOp phase : phases) {
      names.push_back(FlatSymbolRefAttr::get(phase.getSymNameAttr()));
      grid = std::max(grid, gridSize(phase));
    }
    auto kernel = KernelOp::create(
        b, first.getLoc(), b.getStringAttr(name),
        TypeAttr::get(b.getFunctionType({buffer, buffer}, {})),
        /*arg_attrs=*/nullptr, /*res_attrs=*/nullptr, b.getStringAttr("persistent"),
        first.getScheduleAttr(), first.getRowCapacityAttr(), first.getWorkgroupAttr(),
        b.getDenseI64ArrayAttr({grid, 1, 1}), /*workspace=*/IntegerAttr(),
        /*counters=*/IntegerAttr(), b.getArrayAttr(names), /*streams=*/ArrayAttr());
    PersistentKernel(kernel, phases).build();
    return kernel;
  }

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    for (auto entry : llvm::make_early_inc_range(getOperation().getOps<program::EntryPointOp>())) {
      SmallVector<KernelOp> phases = phasesOf(entry, symbols);
      if (entry.getRows() <= maxRows && canMerge(phases)) {
        KernelOp kernel = create((entry.getSymName() + "_persistent").str(), phases);
        entry.setPersistentAttr(FlatSymbolRefAttr::get(symbols.insert(kernel)));
      }
    }
  }
};

} // namespace
} // namespace qcc::tile

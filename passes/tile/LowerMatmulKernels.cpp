#include "passes/tile/IntegerGemm.h"
#include "passes/tile/IntegerMatmul.h"
#include "passes/tile/MatrixMatmul.h"
#include "passes/tile/Passes.h"

namespace qcc::tile {
#define GEN_PASS_DEF_LOWERMATMULKERNELS
#include "passes/tile/Passes.h.inc"

namespace {
struct LowerMatmulKernels : impl::LowerMatmulKernelsBase<LowerMatmulKernels> {
  using Base::Base;

  void runOnOperation() override {
    for (KernelOp kernel : getOperation().getOps<KernelOp>()) {
      if (kernel.getKind() != "matmul" || kernel.isLowered()) {
        continue;
      }
      mlir::FailureOr<MatmulKernel> description = MatmulKernel::analyze(kernel);
      if (failed(description) || failed(lower(kernel, *description))) {
        return signalPassFailure();
      }
    }
  }

  mlir::LogicalResult lower(KernelOp kernel, MatmulKernel &description) {
    ScheduleAttr schedule = kernel.getSchedule();
    bool onMatrixUnits = schedule.getMatrix() && schedule.getColumns() != 0;
    if (description.quantizedInput()) {
      return onMatrixUnits ? IntegerGemmLowering(kernel, description, waveSize).run()
                           : IntegerMatmulLowering(kernel, description, waveSize).run();
    }
    return onMatrixUnits          ? GemmLowering(kernel, description, waveSize).run()
           : schedule.getMatrix() ? MatrixMatmulLowering(kernel, description, waveSize).run()
                                  : MatmulLowering(kernel, description, waveSize).run();
  }
};
} // namespace
} // namespace qcc::tile

// RUN: qcc-opt %s --lower-attention-kernels=wave-size=32 --canonicalize --cse | FileCheck %s

// Both halves of RDNA3's waves hold whole operands: they exchange weights, two f16 a word. An int8 cache is multiplied
// with its scales while it is staged.
#rdna3 = #tile.schedule<waves = 8, rows = 128, splitK = 1, stage = 32, columns = 16,
                        matrix = <rows = 16, columns = 16, depth = 16, depthLanes = 1, rowRun = 1>>
!c = !lm.cache<1 x 64 x i8, slots = 2, positions = 512>
// CHECK-LABEL: tile.kernel @exchanged(
// CHECK: scf.for
// CHECK: arith.sitofp %{{.*}} : vector<8xi8> to vector<8xf32>
// CHECK: arith.mulf
// CHECK: %[[KEYS:.*]] = arith.truncf %{{.*}} : vector<8xf32> to vector<8xf16>
// CHECK: tile.store %[[KEYS]], %{{.*}} : vector<8xf16>, <shared>
// CHECK: tile.matrix_multiply {{.*}} : vector<16xf16>, vector<8xf32>
// CHECK: tile.shuffle_xor %{{.*}} mask 16
// CHECK: math.exp2
// CHECK: vector.bitcast %{{.*}} : vector<8xf16> to vector<4xf32>
// CHECK-COUNT-4: tile.shuffle_xor %{{.*}} mask 16
// CHECK: vector.bitcast %{{.*}} : vector<8xf32> to vector<16xf16>
tile.kernel @exchanged(%q: tensor<64x128xf16>, %c: !c, %b: !lm.batch) -> tensor<64x128xf16>
    attributes {kind = "attention", row_capacity = 64 : i64, schedule = #rdna3} {
  %a = lm.attention %q, %c, %b heads 2 scale 0.125 : tensor<64x128xf16>, !c
  tile.return %a : tensor<64x128xf16>
}

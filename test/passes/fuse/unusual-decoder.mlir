// RUN: qcc-opt %s --verify-clean --fuse-stage --choose-layouts --specialize-entry-points=prefill-rows=1 \
// RUN:   --choose-schedules --convert-lm-to-program --assign-memory --verify-plan --lower-matmul-kernels \
// RUN:   --lower-attention-kernels --lower-row-kernels --verify-tile | FileCheck %s

// A decoder that no family has, of what single families have: a scaled embedding, norms of queries and keys,
// a norm behind the attention, biases, an interleaved rotation with a factor behind it, an MLP beside the
// attention, a scaled head, and a matmul that nothing reads.
// CHECK-LABEL: program.entry_point @decode rows 1 {
// CHECK: %[[C:.*]] = program.view kv_cache at 0
// CHECK-NEXT: %[[D:.*]] = program.view kv_cache at 32768
// CHECK: program.launch @decode_embed(
// CHECK: program.launch @decode_rows(
// CHECK: program.launch @decode_matmul(
// CHECK: program.launch @decode_rows_1(
// CHECK: program.launch @decode_rows_2({{.*}}%[[C]]
// CHECK: program.launch @decode_attention({{.*}}%[[C]]
// CHECK: program.launch @decode_matmul_1(
// CHECK: program.launch @decode_rows_3(
// CHECK: program.launch @decode_matmul_qkv({{.*}}%[[D]]
// CHECK: program.launch @decode_rows_4(
// CHECK: program.launch @decode_attention({{.*}}%[[D]]
// CHECK: program.launch @decode_matmul_1(
// CHECK: program.launch @decode_matmul_residual(
// CHECK: program.view logits at 0
// CHECK: program.launch @decode_matmul_head(
// CHECK-NEXT: }
module attributes {lm.model = {end_of_sequence = [2], layers = 1 : i64, max_positions = 64 : i64, name = "x",
    vocabulary_size = 32 : i64}} {
func.func @decoder(%b: !lm.batch, %c: !lm.cache<1 x 16 x f16>, %c2: !lm.cache<1 x 16 x f16>) -> (tensor<?x32xf16>, !lm.cache<1 x 16 x f16>, !lm.cache<1 x 16 x f16>) {
  %t = qnt.parameter "t" values <"m", 0, 2048> storage rows : !qnt.weight<[32, 32], f16>
  %n = qnt.parameter "n" values <"m", 0, 64> storage rows : !qnt.weight<[32], f16>
  %hn = qnt.parameter "hn" values <"m", 0, 32> storage rows : !qnt.weight<[16], f16>
  %cs = qnt.parameter "cs" values <"m", 0, 1024> storage rows : !qnt.weight<[64, 8], f16>
  %wq = qnt.parameter "wq" values <"m", 0, 2048> storage rows : !qnt.weight<[32, 32], f16>
  %wk = qnt.parameter "wk" values <"m", 0, 1024> storage rows : !qnt.weight<[16, 32], f16>
  %bq = qnt.parameter "bq" values <"m", 0, 64> storage rows : !qnt.weight<[32], f16>
  %bk = qnt.parameter "bk" values <"m", 0, 32> storage rows : !qnt.weight<[16], f16>
  %e0 = lm.embed %b, %t : !qnt.weight<[32, 32], f16> -> tensor<?x32xf16>
  %e = lm.scale %e0 by 8.0 : tensor<?x32xf16>
  %y = lm.rms_norm %e, %n epsilon 1.0e-5 : tensor<?x32xf16>, !qnt.weight<[32], f16> -> tensor<?x32xf16>
  // Norms of queries and keys.
  %q = qnt.matmul %y, %wq : tensor<?x32xf16>, !qnt.weight<[32, 32], f16> -> tensor<?x32xf16>
  %k = qnt.matmul %y, %wk : tensor<?x32xf16>, !qnt.weight<[16, 32], f16> -> tensor<?x16xf16>
  %v = qnt.matmul %y, %wk : tensor<?x32xf16>, !qnt.weight<[16, 32], f16> -> tensor<?x16xf16>
  %qn = lm.rms_norm %q, %hn epsilon 1.0e-6 group 16 : tensor<?x32xf16>, !qnt.weight<[16], f16> -> tensor<?x32xf16>
  %kn = lm.rms_norm %k, %hn epsilon 1.0e-6 group 16 : tensor<?x16xf16>, !qnt.weight<[16], f16> -> tensor<?x16xf16>
  %qr = lm.rope %qn, %b, %cs, %cs head_size 16 : tensor<?x32xf16>, !qnt.weight<[64, 8], f16>
  %kr = lm.rope %kn, %b, %cs, %cs head_size 16 : tensor<?x16xf16>, !qnt.weight<[64, 8], f16>
  %c1 = lm.append %c, %kr, %v, %b : !lm.cache<1 x 16 x f16>, tensor<?x16xf16>
  %a = lm.attention %qr, %c1, %b heads 2 scale 0.25 : tensor<?x32xf16>, !lm.cache<1 x 16 x f16>
  %o = qnt.matmul %a, %wq : tensor<?x32xf16>, !qnt.weight<[32, 32], f16> -> tensor<?x32xf16>
  // A norm between attention and residual.
  %on = lm.rms_norm %o, %n epsilon 1.0e-5 : tensor<?x32xf16>, !qnt.weight<[32], f16> -> tensor<?x32xf16>
  %r = lm.add %e, %on : tensor<?x32xf16>
  // Biases; queries rotated in neighbouring pairs, then scaled.
  %y2 = lm.rms_norm %r, %n epsilon 1.0e-5 : tensor<?x32xf16>, !qnt.weight<[32], f16> -> tensor<?x32xf16>
  %q2 = qnt.matmul %y2, %wq bias(%bq : !qnt.weight<[32], f16>) : tensor<?x32xf16>, !qnt.weight<[32, 32], f16> -> tensor<?x32xf16>
  %k2 = qnt.matmul %y2, %wk bias(%bk : !qnt.weight<[16], f16>) : tensor<?x32xf16>, !qnt.weight<[16, 32], f16> -> tensor<?x16xf16>
  %v2 = qnt.matmul %y2, %wk : tensor<?x32xf16>, !qnt.weight<[16, 32], f16> -> tensor<?x16xf16>
  %qr2 = lm.rope %q2, %b, %cs, %cs head_size 16 interleaved : tensor<?x32xf16>, !qnt.weight<[64, 8], f16>
  %kr2 = lm.rope %k2, %b, %cs, %cs head_size 16 : tensor<?x16xf16>, !qnt.weight<[64, 8], f16>
  %c3 = lm.append %c2, %kr2, %v2, %b : !lm.cache<1 x 16 x f16>, tensor<?x16xf16>
  %qs = lm.scale %qr2 by 0.5 : tensor<?x32xf16>
  %a2 = lm.attention %qs, %c3, %b heads 2 scale 0.25 : tensor<?x32xf16>, !lm.cache<1 x 16 x f16>
  %o2 = qnt.matmul %a2, %wq : tensor<?x32xf16>, !qnt.weight<[32, 32], f16> -> tensor<?x32xf16>
  // The MLP of the same rows.
  %g = qnt.matmul %y2, %wq : tensor<?x32xf16>, !qnt.weight<[32, 32], f16> -> tensor<?x32xf16>
  %gg = lm.gelu %g : tensor<?x32xf16>
  %d = qnt.matmul %gg, %wq : tensor<?x32xf16>, !qnt.weight<[32, 32], f16> -> tensor<?x32xf16>
  %s1 = lm.add %o2, %d : tensor<?x32xf16>
  %s2 = lm.add %s1, %r : tensor<?x32xf16>
  %f = lm.select_rows %s2, %b : tensor<?x32xf16>
  %fn = lm.rms_norm %f, %n epsilon 1.0e-5 : tensor<?x32xf16>, !qnt.weight<[32], f16> -> tensor<?x32xf16>
  %dead = qnt.matmul %r, %wk : tensor<?x32xf16>, !qnt.weight<[16, 32], f16> -> tensor<?x16xf16>
  %h = qnt.matmul %fn, %t : tensor<?x32xf16>, !qnt.weight<[32, 32], f16> -> tensor<?x32xf16>
  %l = lm.scale %h by 0.0625 : tensor<?x32xf16>
  return %l, %c1, %c3 : tensor<?x32xf16>, !lm.cache<1 x 16 x f16>, !lm.cache<1 x 16 x f16>
}
}

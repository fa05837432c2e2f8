// RUN: qcc-opt %s --decompose-group-query-attention | FileCheck %s

// CHECK-LABEL: func.func @separate
// CHECK-SAME: (%[[B:.*]]: !lm.batch, %[[C:.*]]: !lm.cache<2 x 16 x f16>, %[[Q:.*]]: tensor<?x64xf16>, %[[K:.*]]: tensor<?x32xf16>, %[[V:.*]]: tensor<?x32xf16>, %[[COS:.*]]: !qnt.weight<[128, 8], f16>, %[[SIN:.*]]: !qnt.weight<[128, 8], f16>)
func.func @separate(%b: !lm.batch, %c: !lm.cache<2 x 16 x f16>, %q: tensor<?x64xf16>, %k: tensor<?x32xf16>,
                    %v: tensor<?x32xf16>, %cos: !qnt.weight<[128, 8], f16>, %sin: !qnt.weight<[128, 8], f16>)
    -> (tensor<?x64xf16>, !lm.cache<2 x 16 x f16>) {
  // CHECK-NEXT: %[[QR:.*]] = lm.rope %[[Q]], %[[B]], %[[COS]], %[[SIN]] head_size 16 interleaved
  // CHECK-NEXT: %[[KR:.*]] = lm.rope %[[K]], %[[B]], %[[COS]], %[[SIN]] head_size 16 interleaved
  // CHECK-NEXT: %[[NEW:.*]] = lm.append %[[C]], %[[KR]], %[[V]], %[[B]]
  // CHECK-NEXT: %[[Y:.*]] = lm.attention %[[QR]], %[[NEW]], %[[B]] heads 4 scale 2.500000e-01 {softcap = 5.000000e+01 : f64, window = 32 : i64}
  // CHECK-NEXT: return %[[Y]], %[[NEW]]
  %y, %new = lm.group_query_attention %q key %k value %v cache %c, %b rotary %cos, %sin heads 4 scale 0.25
    {interleaved, window = 32 : i64, softcap = 5.0e+01 : f64}
    : (tensor<?x64xf16>, tensor<?x32xf16>, tensor<?x32xf16>, !lm.cache<2 x 16 x f16>, !lm.batch,
       !qnt.weight<[128, 8], f16>, !qnt.weight<[128, 8], f16>) -> (tensor<?x64xf16>, !lm.cache<2 x 16 x f16>)
  return %y, %new : tensor<?x64xf16>, !lm.cache<2 x 16 x f16>
}

// CHECK-LABEL: func.func @packed
// CHECK-SAME: (%[[B:.*]]: !lm.batch, %[[C:.*]]: !lm.cache<2 x 16 x f16>, %[[P:.*]]: tensor<?x128xf16>)
func.func @packed(%b: !lm.batch, %c: !lm.cache<2 x 16 x f16>, %p: tensor<?x128xf16>)
    -> (tensor<?x64xf16>, !lm.cache<2 x 16 x f16>) {
  // CHECK-NEXT: %[[Q:.*]] = lm.slice %[[P]] at 0 : tensor<?x128xf16> -> tensor<?x64xf16>
  // CHECK-NEXT: %[[K:.*]] = lm.slice %[[P]] at 64 : tensor<?x128xf16> -> tensor<?x32xf16>
  // CHECK-NEXT: %[[V:.*]] = lm.slice %[[P]] at 96 : tensor<?x128xf16> -> tensor<?x32xf16>
  // CHECK-NEXT: %[[NEW:.*]] = lm.append %[[C]], %[[K]], %[[V]], %[[B]]
  // CHECK-NEXT: %[[Y:.*]] = lm.attention %[[Q]], %[[NEW]], %[[B]] heads 4 scale 2.500000e-01 :
  // CHECK-NEXT: return %[[Y]], %[[NEW]]
  %y, %new = lm.group_query_attention %p cache %c, %b heads 4 scale 0.25
    : (tensor<?x128xf16>, !lm.cache<2 x 16 x f16>, !lm.batch) -> (tensor<?x64xf16>, !lm.cache<2 x 16 x f16>)
  return %y, %new : tensor<?x64xf16>, !lm.cache<2 x 16 x f16>
}

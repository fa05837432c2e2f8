; ocml.bc of ROCm 5.2 asks whether f32 denormals are flushed, for which clang 22 links no library any more. HIP's
; default is to keep them.
target triple = "amdgcn-amd-amdhsa"
@__oclc_daz_opt = weak_odr protected local_unnamed_addr addrspace(4) constant i8 0, align 1

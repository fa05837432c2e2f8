// Streams an artifact's weights from its map to the device through two small pinned buffers, so
// that host memory does not grow with the model.
#pragma once

#include "runtime/session/LoadedModel.h"

namespace qcc::runtime {

/// Copies the weights of `package` to `destination` on `device`. Each chunk is copied once into
/// pinned memory and hashed there, so what was checked is what was sent; pages of the map are
/// dropped behind. Errors: Corrupt (the hash differs), OutOfMemory, DeviceFailure.
Status uploadWeights(const std::shared_ptr<Device> &device, const Package &package,
                     void *destination, const UploadProgress &progress);

} // namespace qcc::runtime

#include "runtime/session/LoadedModel.h"

#include "runtime/session/WeightUpload.h"

namespace qcc::runtime {

Result<std::shared_ptr<const LoadedModel>> LoadedModel::load(std::shared_ptr<Device> device,
                                                             std::shared_ptr<const Package> package,
                                                             const UploadProgress &progress) {
  QCC_TRY(device->prepareFor(package->program().chip()->str()));
  QCC_TRY(device->activate());
  auto model = std::make_shared<LoadedModel>();
  model->modelDevice = std::move(device);
  model->modelPackage = std::move(package);
  const std::shared_ptr<Device> &target = model->modelDevice;
  const Package &source = *model->modelPackage;

  hip::Module module = nullptr;
  QCC_TRY(target->check(target->hip()->hipModuleLoadData(&module, source.codeObject().data()),
                        "hipModuleLoadData", "loading the code object of " + source.name()));
  model->module = DeviceModule(target, module);
  QCC_TRY_ASSIGN(model->weightMemory,
                 allocateDevice(target, source.weights().size(), "the weights"));
  QCC_TRY(uploadWeights(target, source, model->weightMemory.get(), progress));
  return std::shared_ptr<const LoadedModel>(std::move(model));
}

Result<hip::Function> LoadedModel::kernel(const char *name) const {
  hip::Function function = nullptr;
  QCC_TRY(
      modelDevice->check(modelDevice->hip()->hipModuleGetFunction(&function, module.get(), name),
                         "hipModuleGetFunction", std::string("looking up the kernel ") + name));
  return function;
}

} // namespace qcc::runtime

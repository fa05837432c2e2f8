// The HIP calls about a graph that do not change what it computes: attributes of kernel nodes,
// objects that live with it, and its picture.
#include "emulator/hip_api/Errors.h"
#include "emulator/hip_api/GraphCall.h"

#include <fstream>

using namespace qcc::emulator;

/// What hipUserObject_t points to: a program's object with a count of its owners.
struct hipUserObject {
  hipUserObject(void *object, hipHostFn_t destroy) : object(object), destroy(destroy) {}
  ~hipUserObject() { destroy(object); }
  hipUserObject(const hipUserObject &) = delete;
  hipUserObject &operator=(const hipUserObject &) = delete;

  void *const object;
  const hipHostFn_t destroy;
};

namespace {

/// hipKernelNodeAttrID; a window of cache policy has no effect on a device without caches.
enum KernelAttribute : int { AccessPolicyWindow = 1, Cooperative = 2 };

using UserObject = std::shared_ptr<hipUserObject>;

/// The owners of user objects by their handles; a graph's are in the graph.
struct UserObjects {
  std::mutex mutex;
  std::map<hipUserObject *, std::vector<UserObject>> owners; // one entry an owner
};

UserObjects &userObjects() {
  static auto *objects = new UserObjects;
  return *objects;
}

/// Takes `count` owners off a list, which are destroyed when the caller drops them, with no lock
/// held.
hipError_t takeOwners(std::vector<UserObject> &list, const hipUserObject *object, unsigned count,
                      std::vector<UserObject> &taken) {
  auto isOfObject = [&](const UserObject &owner) { return owner.get() == object; };
  if (std::count_if(list.begin(), list.end(), isOfObject) < static_cast<std::ptrdiff_t>(count)) {
    return hipErrorInvalidValue;
  }
  for (unsigned i = 0; i < count; ++i) {
    auto found = std::find_if(list.begin(), list.end(), isOfObject);
    taken.push_back(std::move(*found));
    list.erase(found);
  }
  return hipSuccess;
}

hipError_t releaseOwners(hipUserObject *object, unsigned count, std::vector<UserObject> &taken) {
  std::lock_guard lock(userObjects().mutex);
  auto found = userObjects().owners.find(object);
  if (found == userObjects().owners.end()) {
    return hipErrorInvalidValue;
  }
  hipError_t error = takeOwners(found->second, object, count, taken);
  if (found->second.empty()) {
    userObjects().owners.erase(found);
  }
  return error;
}

/// Node types by Command's alternatives, as a picture names them.
const char *labelOf(const Command &command) {
  constexpr const char *labels[] = {"empty",  "kernel", "copy",  "fill", "host function",
                                    "record", "wait",   "graph", "graph"};
  static_assert(std::size(labels) == std::variant_size_v<Command>);
  return labels[command.index()];
}

/// Graphviz's format: one line a node and one an edge.
hipError_t draw(const ihipGraph &graph, const char *path) {
  std::ofstream out(path);
  out << "digraph {\n";
  for (const auto &node : graph.nodes) {
    out << "  n" << node.get() << " [label=\"" << labelOf(node->command);
    if (const auto *launch = std::get_if<KernelLaunch>(&node->command)) {
      out << "\\n" << launch->function->info.name;
    }
    out << "\"];\n";
    for (const hipGraphNode *before : node->dependencies) {
      out << "  n" << before << " -> n" << node.get() << ";\n";
    }
  }
  out << "}\n";
  out.close();
  return out ? hipSuccess
             : explain(hipErrorOperatingSystem, std::string(path) + " cannot be written");
}

} // namespace

QCC_HIP_API hipError_t hipGraphDebugDotPrint(hipGraph_t handle, const char *path, unsigned) {
  std::shared_ptr<ihipGraph> graph = liveGraphs().find(handle);
  return record(graph && path ? draw(*graph, path) : hipErrorInvalidValue);
}

QCC_HIP_API hipError_t hipGraphKernelNodeSetAttribute(hipGraphNode_t node, int attribute,
                                                      const void *value) {
  bool known = attribute == AccessPolicyWindow || attribute == Cooperative;
  return record(known && value && commandOf<KernelLaunch>(node) ? hipSuccess
                                                                : hipErrorInvalidValue);
}

QCC_HIP_API hipError_t hipUserObjectCreate(hipUserObject **handle, void *object,
                                           hipHostFn_t destroy, unsigned count, unsigned) {
  if (!handle || !object || !destroy || count == 0) {
    return record(hipErrorInvalidValue);
  }
  auto created = std::make_shared<hipUserObject>(object, destroy);
  *handle = created.get();
  std::lock_guard lock(userObjects().mutex);
  userObjects().owners[created.get()].assign(count, created);
  return hipSuccess;
}

QCC_HIP_API hipError_t hipUserObjectRetain(hipUserObject *object, unsigned count) {
  std::lock_guard lock(userObjects().mutex);
  auto found = userObjects().owners.find(object);
  if (found == userObjects().owners.end() || count == 0) {
    return record(hipErrorInvalidValue);
  }
  UserObject owner = found->second.front();
  found->second.insert(found->second.end(), count, owner);
  return hipSuccess;
}

QCC_HIP_API hipError_t hipUserObjectRelease(hipUserObject *object, unsigned count) {
  std::vector<UserObject> taken;
  return record(releaseOwners(object, count, taken));
}

/// Flag 1 moves owners of the program to the graph, else the graph gets owners of its own.
QCC_HIP_API hipError_t hipGraphRetainUserObject(hipGraph_t handle, hipUserObject *object,
                                                unsigned count, unsigned flags) {
  constexpr unsigned moveOwners = 1;
  std::shared_ptr<ihipGraph> graph = liveGraphs().find(handle);
  if (!graph || count == 0 || flags > moveOwners) {
    return record(hipErrorInvalidValue);
  }
  std::vector<UserObject> owners;
  if (flags == moveOwners) {
    if (hipError_t error = releaseOwners(object, count, owners)) {
      return record(error);
    }
  } else {
    std::lock_guard lock(userObjects().mutex);
    auto found = userObjects().owners.find(object);
    if (found == userObjects().owners.end()) {
      return record(hipErrorInvalidValue);
    }
    owners.assign(count, found->second.front());
  }
  graph->userObjects.insert(graph->userObjects.end(), owners.begin(), owners.end());
  return hipSuccess;
}

QCC_HIP_API hipError_t hipGraphReleaseUserObject(hipGraph_t handle, hipUserObject *object,
                                                 unsigned count) {
  std::shared_ptr<ihipGraph> graph = liveGraphs().find(handle);
  if (!graph) {
    return record(hipErrorInvalidValue);
  }
  std::vector<UserObject> taken;
  return record(takeOwners(graph->userObjects, object, count, taken));
}

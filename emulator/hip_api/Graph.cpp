#include "emulator/hip_api/Graph.h"

#include <algorithm>

using namespace qcc::emulator;

namespace {

/// Takes back the handles of a node and of the child graph that hipGraphChildGraphNodeGetGraph may
/// have given away.
void forget(hipGraphNode &node) {
  if (const auto *child = std::get_if<ChildGraphCommand>(&node.command)) {
    liveGraphs().remove(child->graph.get());
  }
  liveNodes().remove(&node);
}

} // namespace

ihipGraph::~ihipGraph() {
  for (const auto &node : nodes) {
    forget(*node);
  }
}

hipGraphNode *ihipGraph::add(Command command, std::vector<hipGraphNode *> dependencies) {
  auto node = std::make_shared<hipGraphNode>();
  node->graph = this;
  node->command = std::move(command);
  node->dependencies = std::move(dependencies);
  nodes.push_back(node);
  return liveNodes().add(std::move(node));
}

void ihipGraph::remove(hipGraphNode *node) {
  for (const auto &other : nodes) {
    std::erase(other->dependencies, node);
  }
  forget(*node);
  std::erase_if(nodes, [&](const auto &other) { return other.get() == node; });
}

std::shared_ptr<ihipGraph> ihipGraph::clone() const {
  auto copy = std::make_shared<ihipGraph>();
  copy->userObjects = userObjects;
  std::unordered_map<const hipGraphNode *, hipGraphNode *> copyOf;
  for (const auto &node : nodes) {
    Command command = node->command;
    if (auto *child = std::get_if<ChildGraphCommand>(&command)) {
      child->graph = child->graph->clone();
    }
    hipGraphNode *added = copy->add(std::move(command), {});
    added->clonedFrom = node.get();
    copyOf[node.get()] = added;
  }
  for (const auto &node : nodes) {
    for (const hipGraphNode *dependency : node->dependencies) {
      copyOf[node.get()]->dependencies.push_back(copyOf[dependency]);
    }
  }
  return copy;
}

bool ihipGraph::contains(const hipGraphNode *node) const {
  return std::any_of(nodes.begin(), nodes.end(),
                     [&](const auto &other) { return other.get() == node; });
}

namespace qcc::emulator {

/// Takes, again and again, the first node all of whose dependencies are taken; one pass is enough
/// for a graph whose nodes were added in order.
GraphPlan::GraphPlan(const ihipGraph &graph) : userObjects(graph.userObjects) {
  std::unordered_map<const hipGraphNode *, size_t> indexOf;
  auto isReady = [&](const hipGraphNode &node) {
    return std::all_of(node.dependencies.begin(), node.dependencies.end(),
                       [&](const hipGraphNode *other) { return indexOf.count(other) != 0; });
  };
  size_t before = 0;
  do {
    before = steps.size();
    for (const auto &node : graph.nodes) {
      if (indexOf.count(node.get()) || !isReady(*node)) {
        continue;
      }
      Step step{node.get(), node->command, {}, true};
      if (auto *child = std::get_if<ChildGraphCommand>(&step.command)) {
        child->graph = child->graph->clone();
      }
      for (const hipGraphNode *dependency : node->dependencies) {
        step.dependencies.push_back(indexOf[dependency]);
      }
      indexOf[node.get()] = steps.size();
      steps.push_back(std::move(step));
    }
  } while (steps.size() > before && steps.size() < graph.nodes.size());
  if (steps.size() < graph.nodes.size()) {
    isValid = false;
    steps.clear();
  }
}

hipError_t GraphPlan::run() const {
  for (const Step &step : steps) {
    hipError_t error = step.enabled ? execute(step.command) : hipSuccess;
    if (error) {
      return error;
    }
  }
  return hipSuccess;
}

GraphPlan::Step *GraphPlan::find(const hipGraphNode *node) {
  auto it =
      std::find_if(steps.begin(), steps.end(), [&](const Step &step) { return step.node == node; });
  return it == steps.end() ? nullptr : &*it;
}

hipGraphExecUpdateResult updateExec(hipGraphExec &exec, const ihipGraph &graph,
                                    const hipGraphNode *&culprit) {
  GraphPlan plan(graph);
  if (!plan.valid() || plan.steps.size() != exec.plan.steps.size()) {
    return hipGraphExecUpdateErrorTopologyChanged;
  }
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const GraphPlan::Step &now = exec.plan.steps[i];
    const GraphPlan::Step &next = plan.steps[i];
    if (now.command.index() != next.command.index()) {
      culprit = next.node;
      return hipGraphExecUpdateErrorNodeTypeChanged;
    }
    if (now.dependencies != next.dependencies) {
      culprit = next.node;
      return hipGraphExecUpdateErrorTopologyChanged;
    }
  }
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    exec.plan.steps[i].command = std::move(plan.steps[i].command);
  }
  return hipGraphExecUpdateSuccess;
}

LiveHandles<ihipGraph> &liveGraphs() {
  static auto *handles = new LiveHandles<ihipGraph>;
  return *handles;
}

LiveHandles<hipGraphNode> &liveNodes() {
  static auto *handles = new LiveHandles<hipGraphNode>;
  return *handles;
}

LiveHandles<hipGraphExec> &liveExecs() {
  static auto *handles = new LiveHandles<hipGraphExec>;
  return *handles;
}

} // namespace qcc::emulator

// Graphs of commands: as built or captured, and as instantiated for launching.
#pragma once

#include "emulator/hip_api/Commands.h"

#include <memory>
#include <unordered_map>
#include <vector>

/// What hipGraphNode_t points to.
struct hipGraphNode {
  ihipGraph *graph = nullptr;
  const hipGraphNode *clonedFrom = nullptr; // compared, never followed
  qcc::emulator::Command command;
  std::vector<hipGraphNode *> dependencies; // of the same graph
  std::vector<void *> argumentList;         // what hipGraphKernelNodeGetParams gave away
};

struct hipUserObject;

/// What hipGraph_t points to. Nodes are in the order in which they were added.
struct ihipGraph {
  std::vector<std::shared_ptr<hipGraphNode>> nodes;
  std::vector<std::shared_ptr<hipUserObject>> userObjects; // one entry an owner that the graph is

  ihipGraph() = default;
  ~ihipGraph();
  ihipGraph(const ihipGraph &) = delete;
  ihipGraph &operator=(const ihipGraph &) = delete;

  /// Adds a live node. Dependencies must be nodes of this graph.
  hipGraphNode *add(qcc::emulator::Command command, std::vector<hipGraphNode *> dependencies);

  /// Removes the node and every edge to it.
  void remove(hipGraphNode *node);

  /// A graph of its own with the same nodes and edges; child graphs are cloned as well.
  std::shared_ptr<ihipGraph> clone() const;

  bool contains(const hipGraphNode *node) const;
};

namespace qcc::emulator {

/// The nodes of a graph in an order that respects its edges, with their commands copied.
class GraphPlan {
public:
  struct Step {
    const hipGraphNode *node; // that it was made from: an identity, never followed
    Command command;
    std::vector<size_t> dependencies; // indices of earlier steps
    bool enabled = true;              // else it is passed over
  };

  /// `valid()` is false when the graph has a cycle; the plan is then empty.
  explicit GraphPlan(const ihipGraph &graph);
  bool valid() const { return isValid; }

  /// Runs all steps, up to the first that fails.
  hipError_t run() const;

  /// The step made from the node, or null.
  Step *find(const hipGraphNode *node);

  std::vector<Step> steps;
  std::vector<std::shared_ptr<hipUserObject>> userObjects; // that live as long as the plan

private:
  bool isValid = true;
};

} // namespace qcc::emulator

/// What hipGraphExec_t points to.
struct hipGraphExec {
  explicit hipGraphExec(const ihipGraph &graph) : plan(graph) {}
  qcc::emulator::GraphPlan plan;
};

namespace qcc::emulator {

/// Replaces the commands of `exec` by those of a graph of the same shape and node types.
hipGraphExecUpdateResult updateExec(hipGraphExec &exec, const ihipGraph &graph,
                                    const hipGraphNode *&culprit);

/// The handles that programs hold.
LiveHandles<ihipGraph> &liveGraphs();
LiveHandles<hipGraphNode> &liveNodes();
LiveHandles<hipGraphExec> &liveExecs();

} // namespace qcc::emulator

/**
 * Minimum-cost circulation by the primal network simplex method with strongly feasible trees
 * (W. H. Cunningham, A network simplex method, Mathematical Programming 11, 1976), block search pricing.
 * With whole capacities the flow is whole, and the potentials are the optimal dual prices.
 *
 * Lexicographic objectives: call `optimise` with the costs of the first level, `freeze`, then with those of the
 * next one. Freezing keeps the flow on the arcs whose reduced cost is not 0, which leaves exactly the optima
 * of the level (complementary slackness); the tree stays, so that each further level starts warm.
 */
export interface Network {
  nodeCount: number
  from: number[]
  to: number[]
  /** At least 0; may be Infinity on arcs that no negative cycle of such arcs goes through. */
  capacity: number[]
}

/** Where an arc stands that is not in the tree, as the sign its reduced cost has when it is as it should be. */
const LOWER = 1
const UPPER = -1
/** In the tree, or frozen. */
const SETTLED = 0

export class Circulation {
  readonly flow: Float64Array
  readonly potential: Float64Array
  readonly cost: Float64Array
  private readonly arcs: number
  private readonly from: Int32Array
  private readonly to: Int32Array
  private readonly capacity: Float64Array
  private readonly side: Int8Array
  private readonly parent: Int32Array
  private readonly parentArc: Int32Array
  private readonly depth: Int32Array
  private readonly firstChild: Int32Array
  private readonly nextSibling: Int32Array
  private readonly previousSibling: Int32Array
  private readonly root: number
  private readonly stack: Int32Array
  private scanned = 0

  /** Starts with no flow and a tree of artificial arcs to a root, which never carry any. */
  constructor({ nodeCount, from, to, capacity }: Network) {
    this.arcs = from.length
    const all = this.arcs + nodeCount
    this.root = nodeCount
    this.from = new Int32Array(all)
    this.to = new Int32Array(all)
    this.capacity = new Float64Array(all)
    this.from.set(from)
    this.to.set(to)
    this.capacity.set(capacity)
    this.cost = new Float64Array(all)
    this.flow = new Float64Array(all)
    this.side = new Int8Array(all).fill(LOWER, 0, this.arcs)
    const nodes = nodeCount + 1
    this.potential = new Float64Array(nodes)
    this.parent = new Int32Array(nodes).fill(-1)
    this.parentArc = new Int32Array(nodes).fill(-1)
    this.depth = new Int32Array(nodes)
    this.firstChild = new Int32Array(nodes).fill(-1)
    this.nextSibling = new Int32Array(nodes).fill(-1)
    this.previousSibling = new Int32Array(nodes).fill(-1)
    this.stack = new Int32Array(nodes)
    for (let node = 0; node < nodeCount; node++) this.plant(node)
  }

  private plant(node: number): void {
    const arc = this.arcs + node
    this.from[arc] = node
    this.to[arc] = this.root
    this.capacity[arc] = Infinity
    this.hang(node, this.root, arc)
    this.depth[node] = 1
  }

  /** Finds the cheapest circulation for new costs, among those that the frozen arcs leave. */
  optimise(costOf: (arc: number) => number): void {
    for (let arc = 0; arc < this.arcs; arc++) this.cost[arc] = costOf(arc)
    this.updateSubtree(this.root)
    for (let arc = this.findEntering(); arc >= 0; arc = this.findEntering()) this.pivot(arc)
  }

  /** Keeps later levels among the optima of the last one. */
  freeze(): void {
    for (let arc = 0; arc < this.arcs; arc++) if (this.reducedCost(arc) !== 0) this.side[arc] = SETTLED
  }

  reducedCost(arc: number): number {
    return this.cost[arc] + this.potential[this.from[arc]] - this.potential[this.to[arc]]
  }

  /** The arc that violates its sign most, of a block that has one; from where the last search ended. */
  private findEntering(): number {
    const { arcs, side, cost, potential, from, to } = this
    const block = Math.max(20, Math.ceil(Math.sqrt(arcs) * 2))
    let [best, worst, arc] = [-1, 0, this.scanned]
    for (let seen = 1; seen <= arcs; seen++) {
      if (side[arc] !== SETTLED) {
        const violation = -side[arc] * (cost[arc] + potential[from[arc]] - potential[to[arc]])
        if (violation > worst) {
          worst = violation
          best = arc
        }
      }
      if (++arc === arcs) arc = 0
      if (best >= 0 && seen % block === 0) break
    }
    this.scanned = arc
    return best
  }

  private pivot(arc: number): void {
    const forward = this.side[arc] === LOWER
    const head = forward ? this.from[arc] : this.to[arc]
    const tail = forward ? this.to[arc] : this.from[arc]
    const join = this.findJoin(head, tail)
    const leaving = this.findLeaving(arc, head, tail, join)
    this.push(arc, forward ? leaving.amount : -leaving.amount, head, tail, join, leaving.amount)
    if (leaving.node < 0) this.side[arc] = forward ? UPPER : LOWER
    else this.exchange(arc, leaving.node, leaving.onHead ? head : tail, leaving.onHead ? tail : head)
  }

  private findJoin(one: number, other: number): number {
    while (one !== other) {
      if (this.depth[one] >= this.depth[other]) one = this.parent[one]
      else other = this.parent[other]
    }
    return one
  }

  /** The last blocking arc on the cycle, counted from the join in its direction, keeps the tree strongly feasible. */
  private findLeaving(arc: number, head: number, tail: number, join: number) {
    let amount = this.capacity[arc]
    let node = -1
    let onHead = false
    for (let at = head; at !== join; at = this.parent[at]) {
      const over = this.parentArc[at]
      const room = this.from[over] === at ? this.flow[over] : this.capacity[over] - this.flow[over]
      if (room < amount) {
        amount = room
        node = at
        onHead = true
      }
    }
    for (let at = tail; at !== join; at = this.parent[at]) {
      const over = this.parentArc[at]
      const room = this.from[over] === at ? this.capacity[over] - this.flow[over] : this.flow[over]
      if (room <= amount) {
        amount = room
        node = at
        onHead = false
      }
    }
    return { amount, node, onHead }
  }

  private push(arc: number, signed: number, head: number, tail: number, join: number, amount: number): void {
    if (amount === 0) return
    this.flow[arc] += signed
    for (let at = head; at !== join; at = this.parent[at]) {
      const over = this.parentArc[at]
      this.flow[over] += this.from[over] === at ? -amount : amount
    }
    for (let at = tail; at !== join; at = this.parent[at]) {
      const over = this.parentArc[at]
      this.flow[over] += this.from[over] === at ? amount : -amount
    }
  }

  /** Cuts the tree above `cut` and hangs that part from `above` by the entering arc at `below`. */
  private exchange(entering: number, cut: number, below: number, above: number): void {
    const leaving = this.parentArc[cut]
    this.side[leaving] = this.flow[leaving] === 0 ? LOWER : UPPER
    this.side[entering] = SETTLED
    let node = below
    let [newParent, newArc] = [above, entering]
    for (;;) {
      const [oldParent, oldArc] = [this.parent[node], this.parentArc[node]]
      this.cutOff(node)
      this.hang(node, newParent, newArc)
      if (node === cut) break
      newParent = node
      newArc = oldArc
      node = oldParent
    }
    this.updateSubtree(below)
  }

  private cutOff(node: number): void {
    const [previous, next] = [this.previousSibling[node], this.nextSibling[node]]
    if (previous >= 0) this.nextSibling[previous] = next
    else this.firstChild[this.parent[node]] = next
    if (next >= 0) this.previousSibling[next] = previous
  }

  private hang(node: number, parent: number, arc: number): void {
    this.parent[node] = parent
    this.parentArc[node] = arc
    const next = this.firstChild[parent]
    this.nextSibling[node] = next
    this.previousSibling[node] = -1
    if (next >= 0) this.previousSibling[next] = node
    this.firstChild[parent] = node
  }

  private updateSubtree(top: number): void {
    let size = 0
    this.stack[size++] = top
    while (size > 0) {
      const node = this.stack[--size]
      if (node !== this.root) this.updateNode(node)
      for (let next = this.firstChild[node]; next >= 0; next = this.nextSibling[next])
        this.stack[size++] = next
    }
  }

  private updateNode(node: number): void {
    const [parent, arc] = [this.parent[node], this.parentArc[node]]
    this.depth[node] = this.depth[parent] + 1
    const step = this.from[arc] === node ? -this.cost[arc] : this.cost[arc]
    this.potential[node] = this.potential[parent] + step
  }
}

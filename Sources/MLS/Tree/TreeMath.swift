/// Node indices of a full binary tree in array form (RFC 9420 appendix C): leaf `i` is node `2i`, and the level of a
/// node is the number of ones at the end of its index.
package enum TreeMath {
    /// How many nodes a tree of `leaves` leaves has.
    package static func width(leaves: UInt32) -> UInt32 { leaves == 0 ? 0 : 2 * leaves - 1 }

    /// The root of a tree of `leaves` leaves, a power of two.
    package static func root(leaves: UInt32) -> UInt32 { leaves - 1 }

    /// The height of a node above the leaves.
    package static func level(_ node: UInt32) -> UInt32 { UInt32((~node).trailingZeroBitCount) }

    /// Whether a node is a leaf.
    package static func isLeaf(_ node: UInt32) -> Bool { node & 1 == 0 }

    /// The left child; nil for a leaf.
    package static func left(_ node: UInt32) -> UInt32? {
        let level = level(node)
        return level == 0 ? nil : node ^ (1 << (level - 1))
    }

    /// The right child; nil for a leaf.
    package static func right(_ node: UInt32) -> UInt32? {
        let level = level(node)
        return level == 0 ? nil : node ^ (3 << (level - 1))
    }

    /// The parent in a tree of `leaves` leaves; nil for the root.
    package static func parent(_ node: UInt32, leaves: UInt32) -> UInt32? {
        guard node != root(leaves: leaves) else { return nil }
        let level = level(node)
        return (node | (1 << level)) & ~(1 << (level + 1))
    }

    /// The parent's other child; nil for the root.
    package static func sibling(_ node: UInt32, leaves: UInt32) -> UInt32? {
        guard let parent = parent(node, leaves: leaves) else { return nil }
        return node < parent ? right(parent) : left(parent)
    }

    /// The ancestors of a node from its parent to the root.
    package static func directPath(_ node: UInt32, leaves: UInt32) -> [UInt32] {
        var path: [UInt32] = []
        var next = parent(node, leaves: leaves)
        while let node = next {
            path.append(node)
            next = parent(node, leaves: leaves)
        }
        return path
    }

    /// The leaf indices below a node, itself for a leaf.
    package static func leaves(below node: UInt32) -> ClosedRange<UInt32> {
        let level = level(node)
        let first = (node + 1 - (1 << level)) / 2
        return first...first + (1 << level) - 1
    }

    /// The lowest node above both leaves; for one and the same leaf, its node.
    package static func commonAncestor(leaf first: UInt32, leaf second: UInt32) -> UInt32 {
        var first = 2 * first
        var second = 2 * second
        guard first != second else { return first }
        var level: UInt32 = 0
        while first != second {
            first >>= 1
            second >>= 1
            level += 1
        }
        return (first << level) + (1 << (level - 1)) - 1
    }
}

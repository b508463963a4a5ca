/// The public ratchet tree of a group (RFC 9420 section 7): always full, with a power of two leaves, blanks included.
/// Hashes of subtrees are kept until something in them changes.
public struct RatchetTree: MLSCodable {
    /// Nodes in array form; nil is blank.
    private var nodes: [TreeNode?]
    /// Tree hashes of the nodes, where known.
    private var hashes: [[UInt8]?]

    /// A tree of one leaf.
    init(_ leaf: LeafNode) {
        nodes = [.leaf(leaf)]
        hashes = [nil]
    }

    /// How many leaves there are, blank ones included.
    public var leafCount: UInt32 { UInt32((nodes.count + 1) / 2) }

    /// How many nodes there are, blank ones included.
    package var nodeCount: UInt32 { UInt32(nodes.count) }

    /// The root's node index.
    package var root: UInt32 { TreeMath.root(leaves: leafCount) }

    /// The node at an index; nil when it is blank or outside.
    package func node(_ index: UInt32) -> TreeNode? { index < nodes.count ? nodes[Int(index)] : nil }

    /// The leaf at a leaf index; nil when it is blank or outside.
    public func leaf(_ index: UInt32) -> LeafNode? {
        guard index < leafCount, case .leaf(let leaf) = nodes[Int(2 * index)] else { return nil }
        return leaf
    }

    /// The inner node at a node index; nil when it is blank, outside or a leaf.
    package func parent(_ index: UInt32) -> ParentNode? {
        guard case .parent(let parent) = node(index) else { return nil }
        return parent
    }

    /// The members with their leaf indices, in order.
    public var members: [(index: UInt32, leaf: LeafNode)] {
        (0..<leafCount).compactMap { index in leaf(index).map { (index, $0) } }
    }

    /// The public HPKE keys of all nodes.
    var encryptionKeys: Set<[UInt8]> { Set(nodes.compactMap { $0?.encryptionKey }) }

    /// Changes a node and forgets the hashes it is in.
    mutating func set(_ index: UInt32, to node: TreeNode?) {
        nodes[Int(index)] = node
        hashes[Int(index)] = nil
        for ancestor in TreeMath.directPath(index, leaves: leafCount) { hashes[Int(ancestor)] = nil }
    }

    /// The ancestors of a leaf from its parent to the root, as node indices.
    package func directPath(_ leaf: UInt32) -> [UInt32] { TreeMath.directPath(2 * leaf, leaves: leafCount) }

    /// Doubles the leaves.
    mutating func extend() throws(MLSError) {
        guard Int(leafCount) * 2 <= MLSLimits.leaves else {
            throw .tooLarge("A ratchet tree of \(leafCount * 2) leaves", limit: MLSLimits.leaves)
        }
        let grown = nodes.count * 2 + 1
        nodes += Array(repeating: nil, count: grown - nodes.count)
        hashes += Array(repeating: nil, count: grown - hashes.count)
    }

    /// Halves the leaves while the right half has none (RFC 9420 section 7.7).
    package mutating func truncate() {
        while leafCount > 1, !(leafCount / 2..<leafCount).contains(where: { leaf($0) != nil }) {
            let kept = nodes.count / 2
            nodes.removeSubrange(kept...)
            hashes.removeSubrange(kept...)
        }
    }

    /// The leftmost blank leaf, for which the tree grows when there is none.
    package mutating func freeLeaf() throws(MLSError) -> UInt32 {
        if let free = (0..<leafCount).first(where: { leaf($0) == nil }) { return free }
        let free = leafCount
        try extend()
        return free
    }

    /// Kept and used by `RatchetTree+Hashes`.
    func cachedHash(_ index: UInt32) -> [UInt8]? { hashes[Int(index)] }

    /// Kept and used by `RatchetTree+Hashes`.
    mutating func cache(_ hash: [UInt8], at index: UInt32) { hashes[Int(index)] = hash }

    /// Reads a `ratchet_tree` extension (RFC 9420 section 12.4.3.3): the last node is not blank, leaves are at even
    /// places and inner nodes at odd ones. Nothing else is verified.
    public init(from reader: inout MLSReader) throws(MLSError) {
        var read: [TreeNode?] = []
        _ = try reader.vector { reader throws(MLSError) in
            let node = try reader.optional { reader throws(MLSError) in try TreeNode(from: &reader) }
            guard read.count < 2 * MLSLimits.leaves - 1 else {
                throw .tooLarge("A ratchet tree", limit: MLSLimits.leaves)
            }
            switch node {
            case .leaf?:
                guard read.count.isMultiple(of: 2) else { throw .malformed("a leaf is at an inner place of the tree") }
            case .parent(let parent)?:
                guard !read.count.isMultiple(of: 2) else { throw .malformed("an inner node is at a leaf's place") }
                guard parent.unmergedLeaves.allSatisfy({ $0 < MLSLimits.leaves }) else {
                    throw .tooLarge("An unmerged leaf's index", limit: MLSLimits.leaves)
                }
            case nil: break
            }
            read.append(node)
        }
        guard let last = read.last, last != nil else {
            throw .malformed(read.isEmpty ? "a ratchet tree is empty" : "a ratchet tree ends with a blank node")
        }
        var width = 1
        while width < read.count { width = width * 2 + 1 }
        nodes = read + Array(repeating: nil, count: width - read.count)
        hashes = Array(repeating: nil, count: width)
    }

    /// Writes the nodes without the blanks at the end.
    public func write(to writer: inout MLSWriter) {
        let used = (nodes.lastIndex { $0 != nil } ?? -1) + 1
        writer.vector { inner in
            for node in nodes[..<used] { inner.optional(node) { writer, node in node.write(to: &writer) } }
        }
    }
}

extension RatchetTree: Equatable {
    /// Whether both have the same nodes.
    public static func == (left: RatchetTree, right: RatchetTree) -> Bool { left.nodes == right.nodes }
}

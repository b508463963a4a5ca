/// Tree hashes and parent hashes (RFC 9420 sections 7.8 and 7.9).
extension RatchetTree {
    /// The hash of the whole tree: 32 bytes.
    public mutating func treeHash() -> [UInt8] { hash(root) }

    /// The tree hash of the subtree at a node: 32 bytes.
    package mutating func hash(_ index: UInt32) -> [UInt8] {
        if let known = cachedHash(index) { return known }
        let hash: [UInt8]
        if let left = TreeMath.left(index), let right = TreeMath.right(index) {
            hash = RatchetTree.hash(parent: parent(index), left: self.hash(left), right: self.hash(right))
        } else {
            hash = RatchetTree.hash(leaf: leaf(index / 2), at: index / 2)
        }
        cache(hash, at: index)
        return hash
    }

    private static func hash(leaf: LeafNode?, at index: UInt32) -> [UInt8] {
        var writer = MLSWriter()
        writer.uint8(1)
        writer.uint32(index)
        writer.optional(leaf) { writer, leaf in leaf.write(to: &writer) }
        return Hash.sha256(writer.bytes)
    }

    private static func hash(parent: ParentNode?, left: [UInt8], right: [UInt8]) -> [UInt8] {
        var writer = MLSWriter()
        writer.uint8(2)
        writer.optional(parent) { writer, parent in parent.write(to: &writer) }
        writer.opaque(left)
        writer.opaque(right)
        return Hash.sha256(writer.bytes)
    }

    /// The tree hash of a subtree as it would be without some leaves: blank, and in no list of unmerged leaves.
    /// `excluded` is in increasing order.
    private mutating func hash(_ index: UInt32, without excluded: [UInt32]) -> [UInt8] {
        let range = TreeMath.leaves(below: index)
        guard excluded.containsSorted(in: range) else { return hash(index) }
        guard let left = TreeMath.left(index), let right = TreeMath.right(index) else {
            return RatchetTree.hash(leaf: nil, at: index / 2)
        }
        var parent = parent(index)
        if let unmerged = parent?.unmergedLeaves {
            let gone = Set(excluded)
            parent?.unmergedLeaves = unmerged.filter { !gone.contains($0) }
        }
        return RatchetTree.hash(
            parent: parent, left: hash(left, without: excluded), right: hash(right, without: excluded))
    }

    /// The parent hash of a node whose child `sibling` is not on the path below it.
    mutating func parentHash(of node: ParentNode, sibling: UInt32) -> [UInt8] {
        var writer = MLSWriter()
        writer.opaque(node.encryptionKey)
        writer.opaque(node.parentHash)
        writer.opaque(hash(sibling, without: node.unmergedLeaves))
        return Hash.sha256(writer.bytes)
    }

    /// Throws unless every inner node was set by a member below it: exactly one descendant of each holds its parent
    /// hash, and the leaves between are unmerged (RFC 9420 section 7.9.2).
    package mutating func verifyParentHashes() throws(MLSError) {
        for index in stride(from: UInt32(1), to: nodeCount, by: 2) {
            guard let node = parent(index), let left = TreeMath.left(index), let right = TreeMath.right(index) else {
                continue
            }
            var found = 0
            for (child, sibling) in [(left, right), (right, left)] {
                let expected = parentHash(of: node, sibling: sibling)
                let resolution = resolution(child)
                let range = TreeMath.leaves(below: child)
                let unmerged = Set(node.unmergedLeaves.filter(range.contains).map { 2 * $0 })
                for candidate in resolution where self.node(candidate)?.parentHash == expected {
                    if Set(resolution.filter { $0 != candidate }) == unmerged { found += 1 }
                }
            }
            guard found == 1 else { throw .invalid("the parent hashes of the ratchet tree do not chain") }
        }
    }
}

extension [UInt32] {
    /// Whether the increasing list has an element in a range.
    func containsSorted(in range: ClosedRange<UInt32>) -> Bool {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < range.lowerBound { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] <= range.upperBound
    }
}

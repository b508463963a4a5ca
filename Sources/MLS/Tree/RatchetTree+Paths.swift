/// Resolutions, filtered direct paths, and the changes that proposals and commits make (RFC 9420 sections 4.1, 7.5, 7.7).
extension RatchetTree {
    /// The nodes whose keys together cover a subtree: the node and its unmerged leaves, or what covers its children.
    package func resolution(_ index: UInt32) -> [UInt32] {
        var result: [UInt32] = []
        var open = [index]
        while let next = open.popLast() {
            switch node(next) {
            case .leaf?: result.append(next)
            case .parent(let parent)?:
                result.append(next)
                result.append(contentsOf: parent.unmergedLeaves.map { 2 * $0 })
            case nil:
                if let left = TreeMath.left(next), let right = TreeMath.right(next) { open += [right, left] }
            }
        }
        return result
    }

    /// Whether a subtree has anybody in it.
    private func isEmpty(_ index: UInt32) -> Bool {
        !TreeMath.leaves(below: index).contains { leaf($0) != nil }
    }

    /// The ancestors of a leaf that get new keys when it commits, lowest first, each with its child that is not on
    /// the path: those for which that child's resolution is not empty.
    package func filteredDirectPath(_ leaf: UInt32) -> [(node: UInt32, copath: UInt32)] {
        var path: [(node: UInt32, copath: UInt32)] = []
        var below = 2 * leaf
        for node in directPath(leaf) {
            if let sibling = TreeMath.sibling(below, leaves: leafCount), !isEmpty(sibling) {
                path.append((node, sibling))
            }
            below = node
        }
        return path
    }

    /// Puts a leaf at the leftmost blank place and makes it unmerged in the nodes above (section 12.1.1).
    @discardableResult
    package mutating func add(_ leaf: LeafNode) throws(MLSError) -> UInt32 {
        let index = try freeLeaf()
        for ancestor in directPath(index) {
            guard var parent = parent(ancestor) else { continue }
            let place = parent.unmergedLeaves.firstIndex { $0 >= index } ?? parent.unmergedLeaves.endIndex
            parent.unmergedLeaves.insert(index, at: place)
            set(ancestor, to: .parent(parent))
        }
        set(2 * index, to: .leaf(leaf))
        return index
    }

    /// Replaces a member's leaf and blanks the nodes above (section 12.1.2).
    package mutating func update(_ index: UInt32, to leaf: LeafNode) {
        set(2 * index, to: .leaf(leaf))
        for ancestor in directPath(index) { set(ancestor, to: nil) }
    }

    /// Blanks a member's leaf and the nodes above; the tree shrinks later (section 12.1.3).
    package mutating func remove(_ index: UInt32) throws(MLSError) {
        guard leaf(index) != nil else { throw .invalid("there is no member at leaf \(index)") }
        set(2 * index, to: nil)
        for ancestor in directPath(index) { set(ancestor, to: nil) }
    }

    /// Gives the filtered direct path of a leaf new keys, lowest first, and blanks the rest of its direct path; the
    /// parent hash for the leaf (section 7.9).
    mutating func setPath(_ leaf: UInt32, keys: [[UInt8]]) -> [UInt8] {
        let path = filteredDirectPath(leaf)
        for ancestor in directPath(leaf) { set(ancestor, to: nil) }
        var above: [UInt8] = []
        for (place, key) in zip(path, keys).reversed() {
            let node = ParentNode(encryptionKey: key, parentHash: above)
            set(place.node, to: .parent(node))
            above = parentHash(of: node, sibling: place.copath)
        }
        return above
    }

    /// Puts a committer's path into the tree after checking its length, points, parent hash and that its keys are new
    /// (section 12.4.2). The leaf itself must have been validated.
    package mutating func merge(_ path: UpdatePath, from leaf: UInt32) throws(MLSError) {
        guard path.nodes.count == filteredDirectPath(leaf).count else {
            throw .invalid("the path of a commit has the wrong length")
        }
        let keys = path.nodes.map(\.encryptionKey)
        var known = encryptionKeys
        guard known.insert(path.leafNode.encryptionKey).inserted, keys.allSatisfy({ known.insert($0).inserted }) else {
            throw .invalid("the path of a commit has a key that is in the tree already")
        }
        guard keys.allSatisfy(P256.isPoint) else { throw .invalid("the path of a commit has a key off the curve") }
        let expected = setPath(leaf, keys: keys)
        guard path.leafNode.source == .commit(parentHash: expected) else {
            throw .invalid("the leaf of a commit has the wrong parent hash")
        }
        set(2 * leaf, to: .leaf(path.leafNode))
    }
}
